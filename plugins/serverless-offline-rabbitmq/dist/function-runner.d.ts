import type { CommandLineOptions, Serverless } from './serverless.ts';
import { type TimeLimit } from './time-limit.ts';
export type FunctionRunner = {
    /** Invokes a function of serverless.yml by its key; resolves with its result, rejects with its error. */
    run(functionKey: string, event: unknown): Promise<unknown>;
    /** The same within a time. A run that was late has ended when this rejects, or nobody waits for its end any more. */
    runWithin(limit: TimeLimit, functionKey: string, event: unknown): Promise<unknown>;
    /** Ends what the runner started, worker threads for example. */
    close(): Promise<void>;
};
/**
 * Creates a runner on serverless-offline's own Lambda emulation, with the options of
 * `custom.serverless-offline`; those of the command line win.
 *
 * With `useInProcess` the functions share their modules with those that serverless-offline runs.
 *
 * @example
 * const runner = await createFunctionRunner(serverless, options)
 * await runner.run('publish-pending-events', {})
 */
export declare function createFunctionRunner(serverless: Serverless, options?: CommandLineOptions): Promise<FunctionRunner>;
