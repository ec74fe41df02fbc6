/** Pauses double from `firstMs` up to `longestMs`. */
export type Pauses = {
    firstMs: number;
    longestMs: number;
};
export declare class DoublingPause {
    #private;
    constructor(pauses: Pauses);
    nextMs(): number;
    reset(): void;
}
/** Resolves after `ms`, or at once when `signal` aborts. */
export declare function pause(ms: number, signal: AbortSignal): Promise<void>;
/** Resolves when `work` settles, whatever the outcome, or after `ms`. */
export declare function atMost(ms: number, work: Promise<unknown>): Promise<void>;
type Retrying = {
    pauses: Pauses;
    /** Ends the attempts, also one that is under way. */
    signal: AbortSignal;
    onFailure(error: unknown): void;
    /** An error that no further attempt can mend is thrown at once. */
    isHopeless?(error: unknown): boolean;
};
/** Attempts until one succeeds, with growing pauses. Throws the last error once `signal` aborts. */
export declare function retry<T>(attempt: () => Promise<T>, retrying: Retrying): Promise<T>;
export {};
