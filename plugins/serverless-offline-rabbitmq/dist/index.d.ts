import { type Log } from './log.ts';
import type { CommandLineOptions, Serverless } from './serverless.ts';
export type { BrokerClient } from './broker-connection.ts';
export { createFunctionRunner, type FunctionRunner } from './function-runner.ts';
export type { Log } from './log.ts';
export type { Options } from './options.ts';
export { type Delivery, type EventSource, type RmqBasicProperties, type RmqEvent, type RmqMessage, toRmqEvent, } from './rmq-event.ts';
export type { RmqHeaders, RmqHeaderValue } from './rmq-headers.ts';
export type { Serverless } from './serverless.ts';
/**
 * The Serverless plugin: polls RabbitMQ under `serverless offline`, `serverless offline start` and its own
 * `serverless rabbitmq`. It stands before serverless-offline in `plugins`, whose hooks don't return until the end.
 */
export default class ServerlessOfflineRabbitmq {
    #private;
    readonly commands: {
        rabbitmq: {
            usage: string;
            lifecycleEvents: string[];
            options: {
                [k: string]: {
                    usage: string;
                    type: "boolean" | "multiple" | "string";
                };
            };
        };
        offline: {
            options: {
                [k: string]: {
                    usage: string;
                    type: "boolean" | "multiple" | "string";
                };
            };
            commands: {
                start: {
                    options: {
                        [k: string]: {
                            usage: string;
                            type: "boolean" | "multiple" | "string";
                        };
                    };
                };
            };
        };
    };
    readonly hooks: {
        'offline:start': () => Promise<void>;
        'offline:start:init': () => Promise<void>;
        'offline:start:end': () => Promise<void>;
        'rabbitmq:start': () => Promise<void>;
        'rabbitmq:ready': () => Promise<void> | undefined;
        'rabbitmq:end': () => Promise<void>;
        finalize: () => void;
    };
    constructor(serverless: Serverless, commandLineOptions: CommandLineOptions, { log }: {
        log: Log;
    });
    /** Begins to poll. Throws within `startUpWaitMs` when a broker or a queue isn't there. */
    start(): Promise<void>;
    /** Begins no new batch and resolves when the running ones are acknowledged and the connections closed. */
    stop(): Promise<void>;
}
