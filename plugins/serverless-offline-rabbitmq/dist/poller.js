import { messageOf } from './log.js';
import { PAYLOAD_LIMIT } from './payload-size.js';
import { rmqEventOf } from './rmq-event.js';
import { Subscription } from './subscription.js';
import { DoublingPause, pause, retry } from './waiting.js';
const RETRY_PAUSES = { firstMs: 1000, longestMs: 60_000 };
const RESUBSCRIBE_PAUSES = { firstMs: 250, longestMs: 30_000 };
/**
 * Polls the queue of one event source mapping and invokes its function, one batch at a time.
 *
 * A batch is acknowledged when the invocation succeeds. When it fails, the whole batch returns to the queue after a
 * pause. Once started, nothing but `stop` ends the polling.
 */
export class Poller {
    #setting;
    #stopping = new AbortController();
    #retryPause;
    #resubscribePause = new DoublingPause(RESUBSCRIBE_PAUSES);
    #subscription;
    #polling;
    constructor(setting) {
        this.#setting = setting;
        this.#retryPause = new DoublingPause(setting.retryPauses ?? RETRY_PAUSES);
    }
    /** Resolves when the queue is consumed. Tries until `patience` aborts, then throws the broker's last answer. */
    async start(patience) {
        const subscription = await this.#subscribe(AbortSignal.any([patience, this.#stopping.signal]));
        this.#polling = this.#poll(subscription);
    }
    /** Begins no new batch, and resolves when the running one is done and the channel is closed. */
    async stop() {
        this.#stopping.abort();
        this.#subscription?.stopReceiving();
        await this.#polling;
    }
    async #poll(first) {
        let subscription = first;
        while (subscription) {
            const startedAt = performance.now();
            await this.#runBatches(subscription);
            await subscription.end();
            if (performance.now() - startedAt > RESUBSCRIBE_PAUSES.longestMs)
                this.#resubscribePause.reset();
            subscription = await this.#subscribeAgain(subscription.interruption);
        }
    }
    async #runBatches(subscription) {
        for (let batch = await subscription.nextBatch(); batch; batch = await subscription.nextBatch()) {
            await this.#runBatch(subscription, batch);
        }
    }
    async #runBatch(subscription, batch) {
        const startedAt = performance.now();
        const size = batch.length === 1 ? '1 message' : `${batch.length} messages`;
        const summary = () => `${size} in ${(performance.now() - startedAt).toFixed(2)} ms`;
        const { mapping, invoke } = this.#setting;
        const messages = batch.map(({ message }) => message);
        try {
            await invoke(rmqEventOf(mapping, messages), this.#stopping.signal);
        }
        catch (error) {
            await this.#returnLater(subscription, batch, `${summary()}, failed: ${messageOf(error)}`);
            return;
        }
        this.#retryPause.reset();
        if (subscription.acknowledge(batch))
            this.#log('notice', `${summary()}, acknowledged`);
        else
            this.#log('warning', `${summary()}, but not acknowledged: the broker delivers them again`);
    }
    async #returnLater(subscription, batch, story) {
        const { signal } = this.#stopping;
        const pauseMs = this.#retryPause.nextMs();
        this.#log('error', `${story}; returned to the queue in ${pauseMs / 1000} s`);
        await pause(pauseMs, signal);
        // When stopping, closing the channel returns the batch.
        if (!signal.aborted)
            subscription.giveBack(batch);
    }
    async #subscribeAgain(interruption) {
        const { signal } = this.#stopping;
        // A lost connection has its own line.
        if (interruption)
            this.#log('warning', `polling interrupted: ${messageOf(interruption)}`);
        await pause(this.#resubscribePause.nextMs(), signal);
        try {
            const subscription = await this.#subscribe(signal);
            this.#log(interruption ? 'warning' : 'info', 'polling again');
            return subscription;
        }
        catch {
            return undefined; // Stopped.
        }
    }
    async #subscribe(signal) {
        let reported = false;
        const subscription = await retry(() => this.#openSubscription(), {
            pauses: RESUBSCRIBE_PAUSES,
            signal,
            onFailure: (error) => {
                this.#log(reported ? 'debug' : 'warning', `waiting for the queue: ${messageOf(error)}`);
                reported = true;
            },
        });
        this.#subscription = subscription;
        if (this.#stopping.signal.aborted)
            subscription.stopReceiving();
        return subscription;
    }
    async #openSubscription() {
        const channel = await this.#setting.openChannel();
        const subscription = new Subscription({
            channel,
            mapping: this.#setting.mapping,
            onTooLarge: (bytes) => this.#log('warning', `dropped a message of ${bytes} bytes: an event has at most ${PAYLOAD_LIMIT}`),
        });
        try {
            await subscription.begin();
            return subscription;
        }
        catch (error) {
            await subscription.end();
            throw error;
        }
    }
    #log(level, message) {
        const { functionKey, queue } = this.#setting.mapping;
        this.#setting.log[level](`(λ: ${functionKey}) queue ${queue}: ${message}`);
    }
}
