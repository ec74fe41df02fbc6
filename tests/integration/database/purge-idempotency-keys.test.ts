import { beforeEach, describe, expect, it } from '@jest/globals'
import { handler } from '../../../functions/orders/purge-idempotency-keys.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices()

beforeEach(() => own.sql('truncate orders.idempotency_keys'))

const purge = () => handler({}, lambdaContext()) as Promise<{ purged: number }>
const keysLeft = () => own.sql<{ key: string }>('select key from orders.idempotency_keys')
const storeKeys = (name: string, count: number, age = '24 hours') =>
  own.sql(
    `insert into orders.idempotency_keys (key, fingerprint, created_at)
     select $1 || n, 'any', now() - $2::interval from generate_series(1, $3) n`,
    [name, age, count],
  )

describe('purgeIdempotencyKeys', () => {
  it('forgets keys that are older than a day, and no others, and says how many', async () => {
    await storeKeys('old', 2)
    await storeKeys('young', 1, '23 hours 59 minutes')

    expect(await purge()).toEqual({ purged: 2 })

    expect(await keysLeft()).toEqual([{ key: 'young1' }])
  })

  it('shares the work among instances that run at once', async () => {
    await storeKeys('old', 500)

    const outcomes = await Promise.all([purge(), purge(), purge()])

    expect(outcomes.reduce((sum, { purged }) => sum + purged, 0)).toBe(500)
    expect(await keysLeft()).toEqual([])
  })

  it('keeps up with a shop that has taken many orders since its last run', async () => {
    await storeKeys('old', 50_000)

    await purge()

    expect(await keysLeft()).toEqual([])
  })
})
