import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const raw = jest.fn<(sql: string, bindings: unknown[]) => Promise<{ rows: unknown[] }>>()
const begin = jest.fn<(work: (trx: unknown) => Promise<unknown>) => Promise<unknown>>()
const database = jest.fn<(domain: string) => object>()
const numPendingAcquires = jest.fn<() => number>()
const distrustSecrets = jest.fn()
jest.unstable_mockModule('./connection.ts', () => ({ database }))
jest.unstable_mockModule('@stockroom/runtime/secrets', () => ({ distrustSecrets }))
const { query, transaction } = await import('./query.ts')
const { RequestDeadline, runUntil } = await import('@stockroom/runtime/commit-deadline')

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
const violated = Object.assign(new Error('duplicate key'), { code: '23505' })

beforeEach(() => {
  distrustSecrets.mockReset()
  raw.mockReset().mockResolvedValue({ rows: [{ id: 7 }] })
  begin.mockReset().mockImplementation((work) => work('the transaction'))
  numPendingAcquires.mockReset().mockReturnValue(0)
  database.mockReset().mockReturnValue({ raw, transaction: begin, client: { pool: { numPendingAcquires } } })
})

describe('query', () => {
  it('runs a statement in the database of a domain and resolves to its rows', async () => {
    const rows = await query('products', 'select ?', [7])

    expect(rows).toEqual([{ id: 7 }])
    expect(database.mock.calls).toEqual([['products']])
    expect(raw.mock.calls).toEqual([['select ?', [7]]])
  })

  it('runs a statement in a transaction', async () => {
    const inTransaction = jest.fn(async () => ({ rows: [] }))

    const rows = await query({ raw: inTransaction } as never, 'select 1')

    expect(rows).toEqual([])
    expect(inTransaction.mock.calls).toEqual([['select 1', []]])
    expect(database).not.toHaveBeenCalled()
  })

  it('says that the database is unavailable while it is away', async () => {
    raw.mockRejectedValue(refused)

    const rows = query('products', 'select 1')

    await expect(rows).rejects.toMatchObject({ name: 'Unavailable', service: 'database', cause: refused })
  })

  it.each(['28P01', '28000'])(
    'distrusts the secrets when the database refuses the user: %s',
    async (code) => {
      raw.mockRejectedValue(Object.assign(new Error('password authentication failed'), { code }))

      await expect(query('products', 'select 1')).rejects.toMatchObject({ name: 'Unavailable' })
      expect(distrustSecrets).toHaveBeenCalledTimes(1)
    },
  )

  it('throws what the database says otherwise', async () => {
    raw.mockRejectedValue(violated)

    await expect(query('products', 'select 1')).rejects.toBe(violated)
  })
})

describe('transaction', () => {
  it('runs the work in a transaction of the domain and resolves to its result', async () => {
    const result = await transaction('orders', async (trx) => `done in ${trx}`)

    expect(result).toBe('done in the transaction')
    expect(database.mock.calls).toEqual([['orders']])
  })

  it('says that the database is unavailable when it goes away', async () => {
    begin.mockRejectedValue(refused)

    const outcome = transaction('orders', async () => {})

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'database' })
  })

  it.each([
    ['no answer', new Error('COMMIT; - Query read timeout')],
    ['a lost connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  ])('says that the outcome is unknown when the commit gets %s', async (_, error) => {
    begin.mockImplementation(async (work) => {
      await work('the transaction')
      throw error
    })

    const outcome = transaction('orders', async () => {})

    await expect(outcome).rejects.toMatchObject({ name: 'OutcomeUnknown', cause: error })
  })

  it('throws what the database says when it refuses the commit', async () => {
    begin.mockImplementation(async (work) => {
      await work('the transaction')
      throw violated
    })

    await expect(transaction('orders', async () => {})).rejects.toBe(violated)
  })

  it('does not commit when its deadline is over', async () => {
    const deadline = new RequestDeadline(60_000)
    let committed = false
    begin.mockImplementation(async (work) => {
      await work('the transaction')
      committed = true
    })

    const outcome = runUntil(deadline, () => transaction('orders', async () => deadline.giveUp()))

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'database' })
    expect(committed).toBe(false)
  })

  it('tells its deadline that the commit begins', async () => {
    const deadline = new RequestDeadline(60_000)

    await runUntil(deadline, () => transaction('orders', async () => {}))

    expect(deadline.giveUp()).toBe(false)
  })

  it('throws what the work throws', async () => {
    const refusal = new Error('refused')

    const outcome = transaction('orders', () => Promise.reject(refusal))

    await expect(outcome).rejects.toBe(refusal)
  })
})

describe('a crowded database', () => {
  it.each([
    ['query', () => query('orders', 'select 1')],
    ['transaction', () => transaction('orders', async () => {})],
  ])('is unavailable at once for a %s when 2000 wait for a connection', async (_, work) => {
    numPendingAcquires.mockReturnValue(2000)

    const outcome = work()

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'database' })
    expect([raw.mock.calls, begin.mock.calls]).toEqual([[], []])
  })

  it('still serves the one behind 1999', async () => {
    numPendingAcquires.mockReturnValue(1999)

    expect(await query('orders', 'select 1')).toEqual([{ id: 7 }])
  })

  it('still serves a transaction that has its connection already', async () => {
    numPendingAcquires.mockReturnValue(2000)

    const rows = await query({ raw } as never, 'select 1')

    expect(rows).toEqual([{ id: 7 }])
  })
})
