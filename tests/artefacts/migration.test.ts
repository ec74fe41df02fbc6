import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { DeployedShop } from './deployed-shop.ts'

let shop: DeployedShop
/** What stands at the URL that CloudFormation signs. */
let bucket: Server
const answers: { Status: string; Reason?: string }[] = []

beforeAll(async () => {
  shop = await DeployedShop.start()
  bucket = createServer(async (request, response) => {
    answers.push(JSON.parse(Buffer.concat(await request.toArray()).toString()))
    response.end()
  })
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  bucket?.close()
  await shop?.stop()
})

const event = (RequestType: string) => ({
  RequestType,
  ResponseURL: `http://127.0.0.1:${(bucket.address() as AddressInfo).port}/signed`,
  StackId: 'arn:aws:cloudformation:eu-central-1:000000000000:stack/stockroom-dev/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Migration',
  ResourceProperties: { ServiceToken: 'arn', Code: 'hash' },
})

it('several deployments at once migrate an empty database and declare the queues', async () => {
  const environments = await Promise.all([1, 2, 3].map(() => shop.startFunction('migrate')))

  await Promise.all(environments.map((environment) => environment.invoke(event('Create'))))

  expect(answers).toMatchObject([{ Status: 'SUCCESS' }, { Status: 'SUCCESS' }, { Status: 'SUCCESS' }])
  expect(await shop.deliver('order-settlement', 'settleOrder')).toBe(0)
  expect(await shop.invoke('migrate', {})).toEqual({ payload: { products: [], orders: [] } })
})

it.each([
  ['a deployment of the same code changes nothing', 'Update'],
  ['the end of the stack leaves the data', 'Delete'],
])('%s', async (_, type) => {
  answers.length = 0

  await shop.invoke('migrate', event(type))

  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'Migration' }])
  expect((await shop.request('listProducts', {})).status).toBe(200)
})

it('a deployment fails, with the reason, when the database refuses', async () => {
  answers.length = 0
  const environment = await shop.startFunction('migrate', {
    DATABASE_URL: `postgres://localhost:${shop.fronts.database.port}/no_such_database?sslmode=verify-full`,
  })

  await environment.invoke(event('Create'))

  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('no_such_database') }])
})
