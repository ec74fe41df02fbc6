import type { EventSourceMapping } from './event-source-mapping.ts';
import type { FunctionRunner } from './function-runner.ts';
import type { Log } from './log.ts';
import type { RmqEvent } from './rmq-event.ts';
type Setting = {
    runner: FunctionRunner;
    /** Whether functions have their timeout. */
    isTimed: boolean;
    log: Log;
};
/** Makes the step from a batch to its function, which may take as long as the function's `timeout`. */
export declare function limitedInvocation({ runner, isTimed, log }: Setting): (mapping: EventSourceMapping, event: RmqEvent, stopping: AbortSignal) => Promise<unknown>;
export {};
