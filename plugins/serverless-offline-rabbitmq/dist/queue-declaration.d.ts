import type { Channel } from 'amqplib';
/** Arguments of the queues that may be declared, by their names. */
export type QueueDeclarations = Record<string, Record<string, unknown>>;
type DeclaringChannel = Pick<Channel, 'checkQueue' | 'assertQueue' | 'close'> & {
    on(event: string, listener: () => void): unknown;
};
/** The arguments of a queue that may be declared, or undefined for one that may not. */
export declare function declarationOf(queue: string, declareQueues: boolean | QueueDeclarations): Record<string, unknown> | undefined;
/**
 * Declares a durable queue where there is none of this name. One that exists stays as it is, whatever its arguments.
 *
 * Throws an Error of one line when the broker refuses.
 */
export declare function declareIfMissing(openChannel: () => Promise<DeclaringChannel>, queue: string, declaration: Record<string, unknown>): Promise<void>;
export {};
