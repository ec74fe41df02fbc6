import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { eventually } from '../../bench/processes/eventually.ts'
import { runSql } from '../../bench/services/databases.ts'
import { apiEvent } from '../support/api-event.ts'
import { answerOf, credentialsOf, DeployedShop, secretArns } from './deployed-shop.ts'
import type { LambdaEnvironment } from './runtime/lambda-environment.ts'

let shop: DeployedShop
const role = `stockroom_test_${process.pid}_rotated`

beforeAll(async () => {
  shop = await DeployedShop.start()
  await shop.invoke('migrate', {})
  await runSql(shop.services.DATABASE_URL, `create role ${role} login superuser password 'one'`)
})
afterAll(async () => {
  await runSql(shop.services.DATABASE_URL, `drop role if exists ${role}`)
  await shop?.stop()
})
beforeEach(() => {
  shop.secretsManager.asked.length = 0
})

const health = async (environment: LambdaEnvironment) => {
  const { outcome } = await environment.invoke(apiEvent())
  return answerOf(outcome).body.services
}
/** What an environment responds to somebody who asks for an order that there is not. */
const askForNone = async (environment: LambdaEnvironment) =>
  answerOf((await environment.invoke(apiEvent({ path: { id: '999999' } }))).outcome)
const allUp = { database: 'up', cache: 'up', broker: 'up' }

it('secrets are fetched once, before the first invocation', async () => {
  const environment = await shop.startFunction('getHealth')
  const askedAtInit = [...shop.secretsManager.asked].sort()

  const answers = [await health(environment), await health(environment), await health(environment)]

  expect(askedAtInit).toEqual([secretArns.broker, secretArns.cache, secretArns.database].sort())
  expect(shop.secretsManager.asked).toHaveLength(3)
  expect(answers).toEqual([allUp, allUp, allUp])
})

it.each([
  ['getOrder', [secretArns.database]],
  ['getDocs', []],
])('%s asks for the secrets of what it uses and for no other', async (key, arns) => {
  await shop.startFunction(key)

  expect(shop.secretsManager.asked).toEqual(arns)
})

it('an environment holds one connection to each service', async () => {
  const { database, cache, broker } = shop.fronts
  const before = [database.open, cache.open, broker.open]
  const environment = await shop.startFunction('createOrder')

  for (const quantity of [1, 2, 3]) {
    await environment.invoke(apiEvent({ json: { productId: 999, quantity } }))
  }
  const product = await shop.request('createProduct', { json: { name: 'Lamp', price: 1, qty: 5 } })
  const between = [database.open, cache.open, broker.open]
  await environment.invoke(apiEvent({ json: { productId: product.body.id, quantity: 1 } }))

  expect(between[0]).toBe((before[0] as number) + 2) // that of createProduct, too
  expect(database.open).toBe(between[0])
  expect(cache.open).toBe((before[1] as number) + 2)
  expect(broker.open).toBe((before[2] as number) + 2)
})

it('a user that was rotated away is refused a moment, and the new one serves', async () => {
  const { secrets } = shop.secretsManager
  const asOwner = secrets.get(secretArns.database) as string
  secrets.set(secretArns.database, JSON.stringify({ username: role, password: 'one' }))
  const environment = await shop.startFunction('getOrder')
  const before = await askForNone(environment)

  secrets.set(secretArns.database, asOwner)
  await runSql(shop.services.DATABASE_URL, `alter role ${role} nologin`)
  await runSql(
    shop.services.DATABASE_URL,
    'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1',
    [role],
  )
  const after: number[] = []
  await eventually(async () => {
    after.push((await askForNone(environment)).status)
    return after.at(-1) === 404
  })

  expect(before.status).toBe(404)
  expect(after.slice(0, -1).every((refusal) => refusal === 503)).toBe(true)
  expect(after.length).toBeLessThanOrEqual(3)
})

it('without Secrets Manager a new environment says 503, and serves when it is back', async () => {
  shop.secretsManager.isAway = true
  const environment = await shop.startFunction('getOrder')
  const away = await askForNone(environment)
  shop.secretsManager.isAway = false
  const back = await askForNone(environment)

  expect([away.status, away.body.code]).toEqual([503, 'service-unavailable'])
  expect(back.status).toBe(404)
})

it('a service whose certificate nobody vouches for is not spoken to', async () => {
  const environment = await shop.startFunction('getHealth', { NODE_EXTRA_CA_CERTS: '' })

  expect(await health(environment)).toEqual({ database: 'down', cache: 'down', broker: 'down' })
})

it('no password stands in a log', async () => {
  const secret = JSON.parse(credentialsOf(shop.services.RABBITMQ_URL)) as { password: string }
  shop.secretsManager.secrets.set(
    secretArns.broker,
    JSON.stringify({ username: 'guest', password: 'wr0ng-w0rd' }),
  )
  const environment = await shop.startFunction('getHealth')

  const services = await health(environment)
  shop.secretsManager.secrets.set(secretArns.broker, JSON.stringify({ username: 'guest', ...secret }))

  expect(services).toMatchObject({ database: 'up', broker: 'down' })
  expect(environment.log).not.toMatch('wr0ng-w0rd')
})
