import type { FunctionDefinition, Service } from './serverless.ts';
/** https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export declare const LONGEST_SECONDS: number;
/** The time that one invocation of a function may take: its own, the provider's or the default, at most 14 minutes. */
export declare function timeoutSecondsOf({ timeout }: FunctionDefinition, provider: Service['provider'] | undefined): number;
