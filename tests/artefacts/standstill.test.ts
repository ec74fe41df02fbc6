import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { DeployedShop } from './deployed-shop.ts'

let shop: DeployedShop
let productId: number

beforeAll(async () => {
  shop = await DeployedShop.start()
  await shop.invoke('migrate', {})
  const { body } = await shop.request('createProduct', { json: { name: 'Poster', price: 1, qty: 1000 } })
  productId = body.id as number
})
afterAll(() => shop?.stop())
beforeEach(() => shop.settle())

const order = async () => {
  const { status, body } = await shop.request('createOrder', { json: { productId, quantity: 1 } })
  return { status, id: body.id as number }
}

/** Whether the event of an order waits in its queue, without anybody having swept the outbox. */
const isAnnounced = async () => (await shop.deliver('stock-reduction', 'reduceStock')) > 0

/** Whether an order is announced by the environment that has just lost its connection to the broker. */
async function isAnnouncedAfterLoss(): Promise<boolean> {
  await order()
  await shop.settle()
  shop.fronts.broker.cut()
  await pause(100)
  await order()
  return isAnnounced()
}

it('an environment that stood still until the broker gave it up announces its next order all the same', async () => {
  // An answer waits for that a quarter of a second, which other programs may use up.
  const outcomes: boolean[] = []
  while (!outcomes.includes(true) && outcomes.length < 4) outcomes.push(await isAnnouncedAfterLoss())

  expect(outcomes).toContain(true)
})

it('an environment that stood still until the database gave it up answers all the same', async () => {
  const { id } = await order()
  const read = () => shop.request('getOrder', { path: { id: String(id) } })
  const before = await read()
  shop.fronts.database.cut()
  await pause(100)

  const after = [await read(), await order()]

  expect([before.status, ...after.map(({ status }) => status)]).toEqual([200, 200, 202])
})

it('an environment that stood still until the cache gave it up answers all the same', async () => {
  const read = () => shop.request('getProduct', { path: { id: String(productId) } })
  const before = await read()
  shop.fronts.cache.cut()
  await pause(100)

  const after = await read()

  expect([before.status, after.status]).toEqual([200, 200])
})
