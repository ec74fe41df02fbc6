type Limits = {
    size: number;
    windowMs: number;
    /** What all items of a batch may weigh together. Default: no limit. */
    weight?: number;
};
/**
 * Collects items into batches: one is ready when it is full, or `windowMs` after its first item came. It is full when
 * `size` items are there, or when the next one would make it weigh more than `weight`.
 *
 * A window of 0 still waits for the end of the current turn of the event loop, so that everything that one read of the
 * socket brought becomes one batch.
 */
export declare class BatchWindow<T> {
    #private;
    constructor({ size, windowMs, weight }: Limits);
    /** Items that come after `close` are dropped. */
    add(item: T, weight?: number): void;
    /** Resolves with the next batch, or with undefined once the window is closed. One call at a time. */
    next(): Promise<T[] | undefined>;
    /** Ends the batches. What was collected and not taken is dropped. */
    close(): void;
}
export {};
