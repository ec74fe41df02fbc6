import { type BrokerClient } from './broker-connection.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import type { Log } from './log.ts';
import { type QueueDeclarations } from './queue-declaration.ts';
import type { RmqEvent } from './rmq-event.ts';
import type { Pauses } from './waiting.ts';
type EmulatorSetting = {
    mappings: EventSourceMapping[];
    /** Hands a batch to the function of a mapping. `stopping` aborts when the emulator begins to stop. */
    invoke(mapping: EventSourceMapping, event: RmqEvent, stopping: AbortSignal): Promise<unknown>;
    log: Log;
    /** Default: amqplib. */
    client?: BrokerClient;
    /** Pollers of each mapping. Default: 1. */
    concurrency?: number;
    /** How long `start` waits for the brokers and the queues. Default: 10 s. */
    startUpWaitMs?: number;
    declareQueues?: boolean | QueueDeclarations;
    retryPauses?: Pauses;
};
/** Runs event source mappings: one connection for each broker and virtual host, one poller for each mapping. */
export declare class Emulator {
    #private;
    constructor(setting: EmulatorSetting);
    /** Resolves when every queue is polled. Otherwise stops what began, and throws an Error of one line. */
    start(): Promise<void>;
    /** Begins no new batch, waits for the running ones and closes the connections. */
    stop(): Promise<void>;
}
export {};
