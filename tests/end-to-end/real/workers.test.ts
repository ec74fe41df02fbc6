import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { ownRealServices, type RealServices } from '../../support/real-services.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'
import { ledgerOf } from '../../support/stories.ts'

let services: RealServices
let shop: ShopProcess
let client: ShopClient

const startShop = () => ShopProcess.start({ environment: { ...services.environment, WORKERS: '2' } })

beforeAll(async () => {
  services = await ownRealServices()
  shop = await startShop()
  client = new ShopClient(shop.url)
})

afterAll(async () => {
  await killShops()
  await services.remove()
})

/** One story of the same processes. */
describe('a shop with two workers', () => {
  it('shows the metrics of all its processes, whichever is asked', async () => {
    const product = await client.createProduct({ qty: 100 })
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.order(product.id)))
    await Promise.all(answers.map(({ body }) => client.settled(body.id, 25_000)))

    // Each on a connection of its own, so that both workers are asked.
    const asked = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const answer = await fetch(`${shop.url}/metrics`, { headers: { connection: 'close' } })
        return answer.text()
      }),
    )

    for (const text of asked) {
      expect(text).toContain('stockroom_http_requests_total{method="POST",route="/orders",status="202"} 40\n')
      expect(text).toContain('stockroom_order_settle_duration_seconds_count{status="confirmed"} 40\n')
      expect(text).toMatch(/^stockroom_queue_messages\{queue="stock-reduction"\} 0$/m)
      expect(text.match(/^process_cpu_seconds_total /gm)).toHaveLength(1)
    }
  })

  it('serves one port, never sells more than there is, and shows the stock on both', async () => {
    const product = await client.createProduct({ qty: 60 })

    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => client.order(product.id, (n % 3) + 1)),
    )
    const accepted = answers.filter(({ status }) => status === 202)
    await Promise.all(accepted.map(({ body }) => client.settled(body.id, 25_000)))

    await eventually(async () => {
      const seen = await Promise.all(Array.from({ length: 20 }, () => client.qtyOf(product.id)))
      return seen.every((qty) => qty === 0)
    })
    const { initial, final, sold } = await ledgerOf(services.environment.DATABASE_URL, product.id)
    expect({ initial, final, sold }).toEqual({ initial: 60, final: 0, sold: 60 })
  })

  it('goes on when a worker dies, and starts another in its place', async () => {
    const product = await client.createProduct({ qty: 100 })
    const [killed, survivor] = (await shop.workers()) as [number, number]

    process.kill(killed, 'SIGKILL')
    await eventually(async () => !(await shop.workers()).includes(killed))
    // The client may still hold a connection to the one that died.
    const meanwhile = await eventually(() => client.order(product.id).catch(() => undefined))
    await eventually(async () => (await shop.workers()).length === 2)

    expect(meanwhile.status).toBe(202)
    expect(await shop.workers()).toContain(survivor)
    expect((await client.settled(meanwhile.body.id)).status).toBe('confirmed')
    expect(shop.stdout).toContain('another one takes its place')
  })

  it('ends with 0 and leaves no process behind after the SIGTERM of docker stop, and after Ctrl-C', async () => {
    const other = await startShop()
    const running = [await shop.workers(), await other.workers()]

    shop.signal('SIGTERM', 'process')
    other.signal('SIGINT', 'group')
    const codes = [await shop.exit(60_000), await other.exit(60_000)]

    expect(running.map(({ length }) => length)).toEqual([2, 2])
    expect(codes).toEqual([0, 0])
    await eventually(async () => (await shop.remains()).length + (await other.remains()).length === 0)
  })
})
