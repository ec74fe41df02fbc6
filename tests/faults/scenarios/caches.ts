import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { eventually } from '../../support/eventually.ts'
import { send } from '../load/client.ts'
import type { Scenario, Stage } from '../scenario.ts'
import type { AmqpGate } from '../services/amqp-gate.ts'

/** Old copies live long enough to be seen. */
const settings = { CACHE_TTL_SECONDS: '60' }
const restsMs = 4000
/** What takes a moment, on a busy machine. */
const limitMs = 20_000

/** A product of which nobody but the scenario orders: what is shown of it changes when the scenario wants. */
class Lamp {
  readonly #shopUrl: string
  readonly #redis: Redis
  readonly #id: number

  private constructor(shopUrl: string, redis: Redis, id: number) {
    this.#shopUrl = shopUrl
    this.#redis = redis
    this.#id = id
  }

  /** Creates one, ten pieces of it, and has it and the list of its orders read into the cache. */
  static async inTheCacheOf({ bench }: Stage, redis: Redis): Promise<Lamp> {
    const { url } = bench.shops[0]
    const { body } = await send('POST', `${url}/products`, { body: { name: 'Lamp', price: 9.9, qty: 10 } })
    const lamp = new Lamp(url, redis, (body as { id: number }).id)
    await eventually(async () => (await lamp.shown()) && lamp.isCached(), limitMs)
    return lamp
  }

  /** Whether what was read while nobody had ordered is still in Redis. */
  async isCached(): Promise<boolean> {
    const [product, orders] = await this.#redis.mget(`product:${this.#id}`, `orders:product:${this.#id}`)
    return Boolean(product?.includes('"qty":10') && orders?.includes('"page":[]'))
  }

  async order(): Promise<void> {
    const body = { productId: this.#id, quantity: 4 }
    const { status } = await send('POST', `${this.#shopUrl}/orders`, { body })
    if (status !== 202) throw new Error(`POST /orders answered ${status}`)
  }

  /** What is left of it, and what became of its orders, such as `6 confirmed`; undefined when the shop has no time for it. */
  async shown(): Promise<string | undefined> {
    const product = await send('GET', `${this.#shopUrl}/products/${this.#id}`)
    const orders = await send('GET', `${this.#shopUrl}/orders/product/${this.#id}`)
    if (product.status === 503 || orders.status === 503) return undefined
    const statuses = (orders.body as { status: string }[]).map(({ status }) => status)
    return [(product.body as { qty: number }).qty, ...statuses].join(' ')
  }
}

const isSold = async (lamp: Lamp) => (await lamp.shown()) === '6 confirmed'

/** The shop commits while Redis can't be reached, and dies before it has acknowledged what it had committed. */
const redeliveryAfterCommit: Scenario = {
  name: 'redelivery-after-commit',
  injected: 'shop killed between its commits and the cache, which has kept the old copies',
  needs: ['cache', 'broker'],
  quick: true,
  perSecond: 60,
  shopGoes: true,
  settings,
  inject: withRedis(async (stage, redis) => {
    const [shop] = stage.bench.shops
    const gate = stage.bench.gate as AmqpGate
    const { network } = stage.service('cache')
    const lamp = await Lamp.inTheCacheOf(stage, redis)
    gate.holdFrom(({ kind }) => kind === 'acknowledge')
    await network.refuse()
    await lamp.order()
    await eventually(() => isSold(lamp), limitMs)
    stage.load.phase = 'killed'
    await shop.kill()
    gate.lose()
    await network.accept()
    const isOldCopyThere = await lamp.isCached()
    await shop.start(settings)
    stage.load.phase = 'healthy'
    if (!isOldCopyThere) throw new Error('the kill left no old copy in the cache')
    await eventually(() => isSold(lamp), limitMs)
  }),
}

/** Redis is full, and has nothing that it may throw away: it answers reads and refuses writes. */
const cacheRefusesWrites: Scenario = {
  name: 'cache-refuses-writes',
  injected: 'Redis full (maxmemory, noeviction): it answers reads and refuses writes',
  needs: ['cache'],
  quick: true,
  perSecond: 60,
  settings,
  inject: withRedis(async (stage, redis) => {
    const lamp = await Lamp.inTheCacheOf(stage, redis)
    await stage.takeDown('cache', () => redis.config('SET', 'maxmemory', '1'))
    stage.load.phase = 'full'
    await lamp.order()
    const atOnce = await lamp.shown()
    if (atOnce && !/pending|confirmed/.test(atOnce))
      throw new Error(`a new order is not in its list: ${atOnce}`)
    await eventually(() => isSold(lamp), limitMs)
    await staysSold(lamp)
    await stage.bringUp('cache', () => redis.config('SET', 'maxmemory', '0'))
    stage.load.phase = 'healthy'
    await staysSold(lamp)
  }),
}

/** Reads for longer than a process keeps a copy of its own. */
async function staysSold(lamp: Lamp): Promise<void> {
  const end = performance.now() + restsMs
  while (performance.now() < end) {
    const shown = await lamp.shown()
    if (shown && shown !== '6 confirmed') throw new Error(`after "6 confirmed" the shop shows "${shown}"`)
    await pause(100)
  }
}

/** Gives a scenario a connection to Redis of its own, with no proxy before it. */
function withRedis(inject: (stage: Stage, redis: Redis) => Promise<void>): Scenario['inject'] {
  return async (stage) => {
    const redis = new Redis(stage.service('cache').server.url)
    try {
      await inject(stage, redis)
    } finally {
      redis.disconnect()
    }
  }
}

export const caches: Scenario[] = [redeliveryAfterCommit, cacheRefusesWrites]
