import { setTimeout as pause } from 'node:timers/promises'

interface Pace {
  perSecond: number
  /** Default: without end. */
  total?: number
  /** How long it sleeps between two looks at the clock. */
  tickMs?: number
  /** Whether it ends now. */
  isOver?: () => boolean
}

/** Calls `begin` with the moment at which each was due, one after the other at even distances, whatever becomes of it. */
export async function keepPace(
  { perSecond, total = Infinity, tickMs = 1, isOver = () => false }: Pace,
  begin: (dueAt: number) => void,
): Promise<void> {
  const beganAt = performance.now()
  for (let count = 0; count < total && !isOver(); await pause(tickMs)) {
    const due = Math.min(total, ((performance.now() - beganAt) / 1000) * perSecond)
    for (; count < due; count += 1) begin(beganAt + (count / perSecond) * 1000)
  }
}
