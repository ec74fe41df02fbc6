import type { Serverless } from './serverless.ts';
/**
 * Makes serverless-offline await `drain` before it ends.
 *
 * `serverless offline` has no hook for that: it calls its own `end` after the signal and exits the process.
 */
export declare function drainBeforeOfflineEnds({ pluginManager }: Serverless, drain: () => Promise<void>): void;
