import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { keepPace } from '../../../bench/load/pace.ts'
import { send } from './client.ts'
import { OrderBook, type OrderRequest, type Outcome } from './order-book.ts'

/** What is ordered, and how fast. */
export interface LoadSetting {
  /** The shops that take turns. */
  shopUrls: readonly string[]
  productIds: readonly number[]
  perSecond: number
}

type Order = Omit<OrderRequest, 'requestId' | 'phase'>

const tickMs = 20
const keyedShare = 0.5
const duplicateShare = 0.15
const mostUnderWay = 600

/**
 * A bounded stream of orders. Half of them carry an Idempotency-Key; some of those are sent twice at once, and every one
 * without a 202 is sent again with the same key until it gets one or is refused for good.
 */
export class Load {
  readonly book = new OrderBook()
  /** What the suite is doing to the shop; noted with every request. */
  phase = 'healthy'
  /** While it is set nothing new is sent; what has no answer yet is still sent again. */
  rests = false
  readonly #setting: LoadSetting
  readonly #underWay = new Set<Promise<void>>()
  #sent = 0
  #stopped = false
  #running: Promise<void> = Promise.resolve()

  constructor(setting: LoadSetting) {
    this.#setting = setting
  }

  start(): void {
    const { perSecond } = this.#setting
    this.#running = keepPace({ perSecond, tickMs, isOver: () => this.#stopped }, () => {
      if (!this.rests && this.#underWay.size < mostUnderWay) this.#begin()
    })
  }

  /** Sends nothing new and resolves when everything that is under way has its answer, retries included. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
    await Promise.all(this.#underWay)
  }

  #begin(): void {
    const order = this.#place()
    this.#underWay.add(order)
    order.finally(() => this.#underWay.delete(order))
  }

  async #place(): Promise<void> {
    const { productIds } = this.#setting
    const order = {
      key: Math.random() < keyedShare ? randomUUID() : undefined,
      productId: productIds[this.#sent % productIds.length] as number,
      quantity: 1 + Math.floor(Math.random() * 3),
    }
    const twice = order.key !== undefined && Math.random() < duplicateShare
    await Promise.all([this.#persist(order), twice && this.#persist(order)])
  }

  /** A keyed request may be repeated without harm, and is while the load runs. */
  async #persist(order: Order): Promise<void> {
    let outcome = await this.send(order)
    while (order.key && mayPass(outcome) && !this.#stopped) {
      await pause(500 + Math.random() * 500)
      outcome = await this.send(order)
    }
  }

  /** Sends one request and notes what became of it. */
  async send(order: Order): Promise<Outcome> {
    const { shopUrls } = this.#setting
    const url = shopUrls[this.#sent++ % shopUrls.length]
    const request = { ...order, requestId: randomUUID(), phase: this.phase }
    const { key, productId, quantity } = order
    const headers = { 'x-request-id': request.requestId, ...(key && { 'idempotency-key': key }) }
    const begin = performance.now()
    let closedConnections = 0
    const onClosed = () => {
      closedConnections += 1
    }
    const answer = await send('POST', `${url}/orders`, {
      body: { productId, quantity },
      headers,
      onClosed,
    }).then(
      ({ status, headers, body }) => ({
        status,
        retryAfter: headers['retry-after'] as string | undefined,
        ...(status === 202 ? { orderId: (body as { id: number }).id } : { code: codeOf(body) }),
      }),
      (error) => ({ status: undefined, failure: error.code ?? error.message }),
    )
    const outcome = { ...request, ...answer, closedConnections, milliseconds: performance.now() - begin }
    this.book.add(outcome)
    return outcome
  }
}

const mayPass = ({ status, code }: Outcome): boolean =>
  status === undefined || status >= 500 || code === 'idempotency-key-in-progress'

const codeOf = (body: unknown) => (body as { code?: string } | undefined)?.code
