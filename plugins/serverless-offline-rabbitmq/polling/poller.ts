import { stopOnAws } from '../broker/broker-error.ts'
import { AMAZON_MQ_MESSAGE_LIMIT, PAYLOAD_LIMIT } from '../event/payload-size.ts'
import { type RmqEvent, rmqEventOf } from '../event/rmq-event.ts'
import { type Log, messageOf } from '../log.ts'
import type { EventSourceMapping } from '../mapping/event-source-mapping.ts'
import { type Batch, type ConsumerChannel, Subscription } from './subscription.ts'
import { DoublingPause, type Pauses, pause, retry } from './waiting.ts'

type PollerSetting = {
  mapping: EventSourceMapping
  openChannel(): Promise<ConsumerChannel>
  /** Hands a batch to the function. `stopping` aborts when the poller begins to stop. */
  invoke(event: RmqEvent, stopping: AbortSignal): Promise<unknown>
  log: Log
  /** Between a failed batch and its return to the queue. Default: 1 s, doubling to 60 s. */
  retryPauses?: Pauses
}

const RETRY_PAUSES: Pauses = { firstMs: 1000, longestMs: 60_000 }
const RESUBSCRIBE_PAUSES: Pauses = { firstMs: 250, longestMs: 30_000 }

/**
 * Polls the queue of one event source mapping and invokes its function, one batch at a time.
 *
 * A batch is acknowledged when the invocation succeeds. When it fails, the whole batch returns to the queue after a
 * pause. Once started, nothing but `stop` ends the polling.
 */
export class Poller {
  readonly #setting: PollerSetting
  readonly #stopping = new AbortController()
  readonly #retryPause: DoublingPause
  readonly #resubscribePause = new DoublingPause(RESUBSCRIBE_PAUSES)
  #subscription: Subscription | undefined
  #polling: Promise<void> | undefined
  #isWarnedOfAmazonMq = false

  constructor(setting: PollerSetting) {
    this.#setting = setting
    this.#retryPause = new DoublingPause(setting.retryPauses ?? RETRY_PAUSES)
  }

  /** Resolves when the queue is consumed. Tries until `patience` aborts, then throws the broker's last answer. */
  async start(patience: AbortSignal): Promise<void> {
    const subscription = await this.#subscribe(AbortSignal.any([patience, this.#stopping.signal]))
    this.#polling = this.#poll(subscription)
  }

  /** Begins no new batch, and resolves when the running one is done and the channel is closed. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#subscription?.stopReceiving()
    await this.#polling
  }

  async #poll(first: Subscription): Promise<void> {
    let subscription: Subscription | undefined = first
    while (subscription) {
      const startedAt = performance.now()
      await this.#runBatches(subscription)
      await subscription.end()
      if (performance.now() - startedAt > RESUBSCRIBE_PAUSES.longestMs) this.#resubscribePause.reset()
      subscription = await this.#subscribeAgain(subscription.interruption)
    }
  }

  async #runBatches(subscription: Subscription): Promise<void> {
    for (let batch = await subscription.nextBatch(); batch; batch = await subscription.nextBatch()) {
      await this.#runBatch(subscription, batch)
    }
  }

  async #runBatch(subscription: Subscription, batch: Batch): Promise<void> {
    const startedAt = performance.now()
    const size = batch.length === 1 ? '1 message' : `${batch.length} messages`
    const summary = () => `${size} in ${(performance.now() - startedAt).toFixed(2)} ms`
    const { mapping, invoke } = this.#setting
    const messages = batch.map(({ message }) => message)
    try {
      await invoke(rmqEventOf(mapping, messages), this.#stopping.signal)
    } catch (error) {
      await this.#returnLater(subscription, batch, `${summary()}, failed: ${messageOf(error)}`)
      return
    }
    this.#retryPause.reset()
    if (subscription.acknowledge(batch)) this.#log('notice', `${summary()}, acknowledged`)
    else this.#log('warning', `${summary()}, but not acknowledged: the broker delivers them again`)
  }

  async #returnLater(subscription: Subscription, batch: Batch, story: string): Promise<void> {
    const { signal } = this.#stopping
    const pauseMs = this.#retryPause.nextMs()
    this.#log('error', `${story}; returned to the queue in ${pauseMs / 1000} s`)
    await pause(pauseMs, signal)
    // When stopping, closing the channel returns the batch.
    if (!signal.aborted) subscription.giveBack(batch)
  }

  async #subscribeAgain(interruption: Error | undefined): Promise<Subscription | undefined> {
    const { signal } = this.#stopping
    // A lost connection has its own line.
    if (interruption) this.#log('warning', `polling interrupted: ${messageOf(interruption)}`)
    await pause(this.#resubscribePause.nextMs(), signal)
    try {
      const subscription = await this.#subscribe(signal)
      this.#log(interruption ? 'warning' : 'info', 'polling again')
      return subscription
    } catch {
      return undefined // Stopped.
    }
  }

  async #subscribe(signal: AbortSignal): Promise<Subscription> {
    let reported = false
    const subscription = await retry(() => this.#openSubscription(), {
      pauses: RESUBSCRIBE_PAUSES,
      signal,
      onFailure: (error) => {
        const story = [messageOf(error), stopOnAws(error)].filter((part) => part !== undefined).join('; ')
        this.#log(reported ? 'debug' : 'warning', `waiting for the queue: ${story}`)
        reported = true
      },
    })
    this.#subscription = subscription
    if (this.#stopping.signal.aborted) subscription.stopReceiving()
    return subscription
  }

  async #openSubscription(): Promise<Subscription> {
    const channel = await this.#setting.openChannel()
    const subscription = new Subscription({
      channel,
      mapping: this.#setting.mapping,
      onTooLarge: (bytes) =>
        this.#log('warning', `dropped a message of ${bytes} bytes: an event has at most ${PAYLOAD_LIMIT}`),
      onRefusable: (bytes) => this.#warnOfAmazonMq(bytes),
    })
    try {
      await subscription.begin()
      return subscription
    } catch (error) {
      await subscription.end()
      throw error
    }
  }

  #warnOfAmazonMq(bytes: number): void {
    if (this.#isWarnedOfAmazonMq) return
    this.#isWarnedOfAmazonMq = true
    this.#log(
      'warning',
      `a message of ${bytes} bytes: Amazon MQ refuses more than ${AMAZON_MQ_MESSAGE_LIMIT} by default (max_message_size)`,
    )
  }

  #log(level: keyof Log, message: string): void {
    const { functionKey, queue } = this.#setting.mapping
    this.#setting.log[level](`(λ: ${functionKey}) queue ${queue}: ${message}`)
  }
}
