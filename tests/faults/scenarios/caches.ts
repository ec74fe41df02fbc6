import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { eventually } from '../../../bench/processes/eventually.ts'
import { send } from '../load/client.ts'
import type { Scenario, Stage } from '../scenario.ts'

/** Old copies live long enough to be seen. */
const settings = { CACHE_TTL_SECONDS: '60' }
const restsMs = 4000
/** What takes a moment, on a busy machine. */
const limitMs = 20_000

type Lamp = Awaited<ReturnType<typeof lampInTheCache>>

/**
 * Creates a product of which nobody but the scenario orders, so that what is shown of it changes when the scenario wants:
 * ten pieces, and it and the list of its orders in the cache.
 */
async function lampInTheCache(shopUrl: string, redis: Redis) {
  const { body } = await send('POST', `${shopUrl}/products`, { body: { name: 'Lamp', price: 9.9, qty: 10 } })
  const { id } = body as { id: number }
  const lamp = {
    /** Whether what was read while nobody had ordered is still in Redis. */
    async isCached(): Promise<boolean> {
      const [product, orders] = await redis.mget(`product:${id}`, `orders:product:${id}`)
      return Boolean(product?.includes('"qty":10') && orders?.includes('"page":[]'))
    },
    async order(): Promise<void> {
      const { status } = await send('POST', `${shopUrl}/orders`, { body: { productId: id, quantity: 4 } })
      if (status !== 202) throw new Error(`POST /orders answered ${status}`)
    },
    /** What is left of it, and what became of its orders, such as `6 confirmed`; undefined when the shop has no time for it. */
    async shown(): Promise<string | undefined> {
      const product = await send('GET', `${shopUrl}/products/${id}`)
      const orders = await send('GET', `${shopUrl}/orders/product/${id}`)
      if (product.status === 503 || orders.status === 503) return undefined
      const statuses = (orders.body as { status: string }[]).map(({ status }) => status)
      return [(product.body as { qty: number }).qty, ...statuses].join(' ')
    },
    untilSold: () => eventually(async () => (await lamp.shown()) === '6 confirmed', limitMs),
    /** Reads for longer than a process keeps a copy of its own. */
    async staysSold(): Promise<void> {
      for (const end = performance.now() + restsMs; performance.now() < end; await pause(100)) {
        const shown = await lamp.shown()
        if (shown && shown !== '6 confirmed') throw new Error(`after "6 confirmed" the shop shows "${shown}"`)
      }
    },
  }
  await eventually(async () => (await lamp.shown()) && lamp.isCached(), limitMs)
  return lamp
}

/** A fault around one lamp, with a connection to Redis that has no proxy before it. */
function aroundALamp(
  scenario: Pick<Scenario, 'name' | 'injected' | 'needs' | 'shopGoes'>,
  inject: (stage: Stage, lamp: Lamp, redis: Redis) => Promise<void>,
): Scenario {
  return {
    ...scenario,
    quick: true,
    perSecond: 60,
    settings,
    async inject(stage) {
      const redis = new Redis(stage.service('cache').server.url)
      try {
        await inject(stage, await lampInTheCache(stage.bench.shops[0].url, redis), redis)
      } finally {
        redis.disconnect()
      }
    },
  }
}

export const caches: Scenario[] = [
  aroundALamp(
    {
      name: 'redelivery-after-commit',
      injected: 'shop killed between its commits and the cache, which has kept the old copies',
      needs: ['cache', 'broker'],
      shopGoes: true,
    },
    async (stage, lamp) => {
      const { network } = stage.service('cache')
      stage.gate.holdFrom(({ kind }) => kind === 'acknowledge')
      await network.refuse()
      await lamp.order()
      await lamp.untilSold()
      let isOldCopyThere = false
      await stage.killShop(async () => {
        await network.accept()
        isOldCopyThere = await lamp.isCached()
      })
      if (!isOldCopyThere) throw new Error('the kill left no old copy in the cache')
      await lamp.untilSold()
    },
  ),
  aroundALamp(
    {
      name: 'cache-refuses-writes',
      injected: 'Redis full (maxmemory, noeviction): it answers reads and refuses writes',
      needs: ['cache'],
    },
    async (stage, lamp, redis) => {
      await stage.takeDown('cache', () => redis.config('SET', 'maxmemory', '1'))
      stage.load.phase = 'full'
      await lamp.order()
      const atOnce = await lamp.shown()
      if (atOnce && !/pending|confirmed/.test(atOnce))
        throw new Error(`a new order is not in its list: ${atOnce}`)
      await lamp.untilSold()
      await lamp.staysSold()
      await stage.bringUp('cache', () => redis.config('SET', 'maxmemory', '0'))
      stage.load.phase = 'healthy'
      await lamp.staysSold()
    },
  ),
]
