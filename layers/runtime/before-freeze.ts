const underWay = new Set<Promise<void>>()

/** Hands over what an invocation waits for before its process may stand still. `work` never rejects. */
export function finishBeforeFreeze(work: Promise<void>): void {
  underWay.add(work)
  work.then(() => underWay.delete(work))
}

/** Resolves when all that was handed over is done; undefined where there is nothing to wait for. */
export const workUnderWay = (): Promise<unknown> | undefined =>
  underWay.size > 0 ? Promise.all(underWay) : undefined
