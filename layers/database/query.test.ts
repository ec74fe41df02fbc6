import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const raw = jest.fn<(sql: string, bindings: unknown[]) => Promise<{ rows: unknown[] }>>()
const numPendingAcquires = jest.fn<() => number>()
const distrustSecrets = jest.fn()
const begin = jest.fn<(work: (trx: unknown) => Promise<unknown>) => Promise<unknown>>()
const pool = {
  raw,
  transaction: begin,
  client: { pool: { numPendingAcquires } },
}
jest.unstable_mockModule('./connection.ts', () => ({ database: () => pool }))
jest.unstable_mockModule('@stockroom/runtime/secrets', () => ({ distrustSecrets }))
const { query, transaction } = await import('./query.ts')
const { RequestDeadline, runUntil } = await import('@stockroom/runtime/commit-deadline')

const unavailable = { name: 'Unavailable', service: 'database' }

beforeEach(() => {
  distrustSecrets.mockReset()
  raw.mockReset().mockResolvedValue({ rows: [{ id: 7 }] })
  begin.mockReset().mockImplementation((work) => work({ raw }))
  numPendingAcquires.mockReset().mockReturnValue(0)
})

it('the secrets are distrusted when the database refuses the user', async () => {
  raw.mockRejectedValue(Object.assign(new Error('password authentication failed'), { code: '28P01' }))

  await expect(query('products', 'select 1')).rejects.toMatchObject(unavailable)
  expect(distrustSecrets).toHaveBeenCalledTimes(1)
})

describe('a transaction', () => {
  const violated = Object.assign(new Error('duplicate key'), { code: '23505' })
  const unanswered = new Error('COMMIT; - Query read timeout')

  it.each([
    ['has an outcome that nobody knows when its commit gets no answer', unanswered, 'OutcomeUnknown'],
    ['fails with what the database says when that refuses the commit', violated, 'Error'],
  ])('%s', async (_, error, name) => {
    begin.mockImplementation(async (work) => {
      await work({ raw })
      throw error
    })

    const thrown = await transaction('orders', async () => {}).catch((reason) => reason)

    expect(thrown).toMatchObject({ name })
    expect([thrown, thrown.cause]).toContain(error)
  })

  it('does not commit when its deadline is over, and tells one that is not that the commit begins', async () => {
    const [over, open] = [new RequestDeadline(60_000), new RequestDeadline(60_000)]

    const late = runUntil(over, () => transaction('orders', async () => over.giveUp()))
    await runUntil(open, () => transaction('orders', async () => {}))

    await expect(late).rejects.toMatchObject(unavailable)
    expect(open.giveUp()).toBe(false)
  })
})

it('a crowded database is unavailable at once when 2000 wait, but not to who has a connection', async () => {
  numPendingAcquires.mockReturnValueOnce(1999).mockReturnValue(2000)

  await query('orders', 'select 1')
  await expect(query('orders', 'select 1')).rejects.toMatchObject(unavailable)
  await expect(transaction('orders', async () => {})).rejects.toMatchObject(unavailable)
  expect(await query(pool as never, 'select 1')).toEqual([{ id: 7 }])
  expect(raw).toHaveBeenCalledTimes(2)
})
