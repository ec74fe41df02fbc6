import { setTimeout as pause } from 'node:timers/promises'
import type { Sample } from './sampling/sampler.ts'
import { countUnsettled } from './settlement.ts'

const everyMs = 500

/**
 * Waits until every order of these products is settled, the outboxes are empty, and the queues too; or until the time is
 * over, and the judgement names what is left.
 */
export async function drain(
  productIds: readonly number[],
  samples: readonly Sample[],
  limitSeconds: number,
): Promise<void> {
  const begin = Date.now()
  const deadline = performance.now() + limitSeconds * 1000
  while (performance.now() < deadline) {
    const last = samples.at(-1)
    const isFresh = last !== undefined && last.at > begin
    if (isFresh && isEmpty(last) && (await countUnsettled(productIds)) === 0) return
    await pause(everyMs)
  }
}

/** What could not be read is taken for empty: it is the orders that count. */
export const isEmpty = ({ outbox, queues }: Pick<Sample, 'outbox' | 'queues'>): boolean =>
  !outbox && Object.values(queues ?? {}).every((count) => count === 0)
