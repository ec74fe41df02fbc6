import type { Channel, ConsumeMessage } from 'amqplib';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { type RmqMessage } from './rmq-event.ts';
/** What a subscription uses of amqplib's channel. */
export type ConsumerChannel = Pick<Channel, 'prefetch' | 'consume' | 'cancel' | 'ack' | 'reject' | 'close'> & {
    on(event: string, listener: (error?: Error) => void): unknown;
};
/** A delivery and what the function gets of it. */
export type Received = {
    delivery: ConsumeMessage;
    message: RmqMessage;
};
export type Batch = Received[];
type Setting = {
    channel: ConsumerChannel;
    mapping: EventSourceMapping;
    /** Called with the size of a message that no event has room for, and that was dropped. */
    onTooLarge(bytes: number): void;
};
/** One consumer on a channel of its own, from `begin` until the broker, the network or `end` ends it. */
export declare class Subscription {
    #private;
    constructor(setting: Setting);
    /** Why the broker ended the subscription; undefined as long as it didn't, and when the connection was lost. */
    get interruption(): Error | undefined;
    /** Asks the broker for one batch ahead. Throws what the broker answers, code 404 for a missing queue. */
    begin(): Promise<void>;
    /** Resolves with the next batch, or with undefined once the subscription is over. */
    nextBatch(): Promise<Batch | undefined>;
    /** Returns false when the channel is gone: the broker then delivers the batch again. */
    acknowledge(batch: Batch): boolean;
    /**
     * Returns the batch to the queue, in a way that counts towards its delivery limit: RabbitMQ 4.3 no longer counts
     * basic.nack, so each message is rejected.
     */
    giveBack(batch: Batch): boolean;
    /** Takes no more messages; what is running can still be acknowledged. */
    stopReceiving(): void;
    /** Closes the channel, which leaves everything unacknowledged to the broker. */
    end(): Promise<void>;
}
export {};
