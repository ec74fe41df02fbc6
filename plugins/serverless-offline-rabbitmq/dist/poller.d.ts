import type { EventSourceMapping } from './event-source-mapping.ts';
import { type Log } from './log.ts';
import { type RmqEvent } from './rmq-event.ts';
import { type ConsumerChannel } from './subscription.ts';
import { type Pauses } from './waiting.ts';
type PollerSetting = {
    mapping: EventSourceMapping;
    openChannel(): Promise<ConsumerChannel>;
    /** Hands a batch to the function. `stopping` aborts when the poller begins to stop. */
    invoke(event: RmqEvent, stopping: AbortSignal): Promise<unknown>;
    log: Log;
    /** Between a failed batch and its return to the queue. Default: 1 s, doubling to 60 s. */
    retryPauses?: Pauses;
};
/**
 * Polls the queue of one event source mapping and invokes its function, one batch at a time.
 *
 * A batch is acknowledged when the invocation succeeds. When it fails, the whole batch returns to the queue after a
 * pause. Once started, nothing but `stop` ends the polling.
 */
export declare class Poller {
    #private;
    constructor(setting: PollerSetting);
    /** Resolves when the queue is consumed. Tries until `patience` aborts, then throws the broker's last answer. */
    start(patience: AbortSignal): Promise<void>;
    /** Begins no new batch, and resolves when the running one is done and the channel is closed. */
    stop(): Promise<void>;
}
export {};
