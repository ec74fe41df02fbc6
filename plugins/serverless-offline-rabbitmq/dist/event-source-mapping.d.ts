import { type MessageFilter } from './filter-pattern.ts';
import type { Options } from './options.ts';
import type { Service } from './serverless.ts';
/** A `rabbitmq` event of serverless.yml, checked and with its defaults. */
export type EventSourceMapping = {
    functionKey: string;
    queue: string;
    virtualHost: string;
    /** Where the mapping connects to, with its credentials. */
    brokerUrl: string;
    batchSize: number;
    maximumBatchingWindowSeconds: number;
    eventSourceArn: string;
    enabled: boolean;
    /** Absent when every message passes. */
    passes?: MessageFilter;
    /** How long one invocation of the function may take. */
    timeoutSeconds: number;
};
type LocalNames = Pick<Options, 'url' | 'brokers' | 'references' | 'credentials'>;
/**
 * Reads the enabled `rabbitmq` events of all functions, with what `options` says about ARNs and brokers.
 *
 * A mapping without `virtualHost` takes the one of its broker URL.
 *
 * Throws an Error that names the function and the member when a definition is wrong, or the same twice.
 */
export declare function readEventSourceMappings({ functions, provider }: Pick<Service, 'functions' | 'provider'>, options: LocalNames): EventSourceMapping[];
/** The queues that more than one function consumes, each with its functions. */
export declare function sharedQueues(mappings: EventSourceMapping[]): {
    queue: string;
    functionKeys: string[];
}[];
export {};
