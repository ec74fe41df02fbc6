/** How long one run of a function may take, and what happens when it takes longer. */
export type TimeLimit = {
    seconds: number;
    /** Ends the wait for a late run that can't be ended, because nobody needs its end any more. */
    signal: AbortSignal;
    /** Called when the time is up and the run can't be ended. */
    onLate(): void;
};
/**
 * Settles as `run` does, unless that takes longer than the limit. Then it rejects with the line that Lambda logs: once
 * `terminate` has ended the run or, without `terminate`, once the run has ended by itself. So nothing of a rejected run
 * goes on beside the next one.
 */
export declare function withinTime<T>(run: Promise<T>, { seconds, signal, onLate }: TimeLimit, terminate?: () => Promise<unknown>): Promise<T>;
