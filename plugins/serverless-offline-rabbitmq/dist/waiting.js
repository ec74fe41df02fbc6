export class DoublingPause {
    #pauses;
    #failures = 0;
    constructor(pauses) {
        this.#pauses = pauses;
    }
    nextMs() {
        const ms = this.#pauses.firstMs * 2 ** this.#failures;
        this.#failures += 1;
        return Math.min(ms, this.#pauses.longestMs);
    }
    reset() {
        this.#failures = 0;
    }
}
/** Resolves after `ms`, or at once when `signal` aborts. */
export function pause(ms, signal) {
    return new Promise((resolve) => {
        const timer = setTimeout(end, ms);
        function end() {
            clearTimeout(timer);
            signal.removeEventListener('abort', end);
            resolve();
        }
        if (signal.aborted)
            end();
        else
            signal.addEventListener('abort', end);
    });
}
/** Resolves when `work` settles, whatever the outcome, or after `ms`. */
export async function atMost(ms, work) {
    const done = new AbortController();
    const settled = work.then(() => done.abort(), () => done.abort());
    await Promise.race([settled, pause(ms, done.signal)]);
}
/** Attempts until one succeeds, with growing pauses. Throws the last error once `signal` aborts. */
export async function retry(attempt, retrying) {
    const { signal, onFailure, isHopeless } = retrying;
    const pauses = new DoublingPause(retrying.pauses);
    let lastError = new Error('no answer in time');
    while (!signal.aborted) {
        try {
            return await unlessAborted(attempt(), signal);
        }
        catch (error) {
            if (signal.aborted)
                break;
            if (isHopeless?.(error))
                throw error;
            lastError = error;
            onFailure(error);
            await pause(pauses.nextMs(), signal);
        }
    }
    throw lastError;
}
function unlessAborted(work, signal) {
    return new Promise((resolve, reject) => {
        const abort = () => reject(signal.reason);
        signal.addEventListener('abort', abort);
        work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
}
