/**
 * Settles as `run` does, unless that takes longer than the limit. Then it rejects with the line that Lambda logs: once
 * `terminate` has ended the run or, without `terminate`, once the run has ended by itself. So nothing of a rejected run
 * goes on beside the next one.
 */
export async function withinTime(run, { seconds, signal, onLate }, terminate) {
    const clock = startClock(seconds * 1000);
    const settled = run.then(() => true, () => true);
    const isInTime = await Promise.race([settled, clock.timeUp]);
    clock.stop();
    if (isInTime)
        return run;
    if (terminate)
        await terminate();
    else
        await lateEnd(settled, signal, onLate);
    throw new Error(`Task timed out after ${seconds.toFixed(2)} seconds`);
}
function startClock(ms) {
    const { promise, resolve } = Promise.withResolvers();
    const timer = setTimeout(resolve, ms, false);
    return { timeUp: promise, stop: () => clearTimeout(timer) };
}
async function lateEnd(settled, signal, onLate) {
    onLate();
    const { promise: aborted, resolve } = Promise.withResolvers();
    if (signal.aborted)
        resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    await Promise.race([settled, aborted]);
}
