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

it.each(['database', 'cache'] as const)(
  'an environment that stood still until the %s gave it up answers all the same',
  async (service) => {
    const { id } = await order()
    const read = async () => {
      const found = await shop.request('getOrder', { path: { id: String(id) } })
      const shown = await shop.request('getProduct', { path: { id: String(productId) } })
      return [found.status, shown.status, (await order()).status]
    }
    const before = await read()
    shop.fronts[service].cut()
    await pause(100)

    expect([before, await read()]).toEqual([
      [200, 200, 202],
      [200, 200, 202],
    ])
  },
)
