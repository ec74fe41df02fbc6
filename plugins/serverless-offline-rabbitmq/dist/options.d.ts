import type { BrokerClient } from './broker-connection.ts';
import type { QueueDeclarations } from './queue-declaration.ts';
import type { CommandLineOptions, Serverless } from './serverless.ts';
import type { Pauses } from './waiting.ts';
/** What `custom.serverless-offline-rabbitmq` may hold; every member has a default. */
export type Options = {
    /** Whether queues are polled at all. Default: true. */
    enabled: boolean;
    /** The broker of every mapping that `brokers` doesn't name. Default: RABBITMQ_URL, else amqp://localhost:5672. */
    url: string;
    /** Broker URLs by the ARN of the broker, or by the name of the `Ref` or `Fn::ImportValue` that stands for it. */
    brokers: Record<string, string>;
    /** Local values of a `Ref` or `Fn::ImportValue`, by its name. */
    references: Record<string, string>;
    /** User and password by `basicAuthArn`, or by the name of the reference that stands for it. */
    credentials: Record<string, Credentials>;
    /** Batches of one mapping that run at the same time. Default: 1, as on AWS. */
    concurrency: number;
    /** Milliseconds before a failed batch returns to its queue, doubling up to sixty times as long. Default: 1000. */
    retryPauseMs: number;
    /** Milliseconds that the start waits for brokers and queues. Default: 10,000. */
    startUpWaitMs: number;
    /** Which missing queues are declared: none, all as quorum queues, or those named, with their arguments. Default: false. */
    declareQueues: boolean | QueueDeclarations;
    /** Default: amqplib. Set by another plugin, since YAML can't hold it. */
    client?: BrokerClient;
};
export type Credentials = {
    username: string;
    password: string;
};
export declare const SECTION = "serverless-offline-rabbitmq";
/**
 * Reads the options at the time of the call, so that other plugins can set them in an earlier hook. The command line
 * wins over serverless.yml.
 *
 * Throws an Error that names the option when one is unknown or wrong.
 */
export declare function readOptions({ service }: Pick<Serverless, 'service'>, commandLine?: CommandLineOptions, environment?: NodeJS.ProcessEnv): Options;
/** The pauses before a failed batch returns to its queue, which `retryPauseMs` asks for. */
export declare function retryPauses({ retryPauseMs }: Pick<Options, 'retryPauseMs'>): Pauses;
