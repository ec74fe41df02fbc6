import type { Channel } from 'amqplib';
import { type Log } from './log.ts';
/** What the emulator asks of a broker's client: amqplib, or anything with its `connect`. */
export type BrokerClient = {
    connect(url: string, options?: object): Promise<BrokerModel>;
};
type BrokerModel = {
    createChannel(): Promise<Channel>;
    close(): Promise<void>;
    on?(event: string, listener: (error: Error) => void): unknown;
};
export type BrokerConnection = {
    /** Opens a channel. While the connection is lost, waits until it is back. */
    openChannel(): Promise<Channel>;
    close(): Promise<void>;
};
type Target = {
    url: string;
    virtualHost: string;
    client?: BrokerClient;
    log: Log;
};
/**
 * Connects to one virtual host, again and again until `patience` aborts.
 *
 * Throws an Error that says in one line what is wrong and what to do; a refused login isn't tried twice.
 */
export declare function connectToBroker(target: Target, patience: AbortSignal): Promise<BrokerConnection>;
export {};
