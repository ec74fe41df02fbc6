import { availableParallelism } from 'node:os'
import { takeAudit } from '../commands/audit/audit.ts'
import { baselineSentence, limitsOf, measureBaseline } from './baseline.ts'
import { drain } from './drain.ts'
import type { Files } from './files.ts'
import { startGenerator } from './generator.ts'
import { describeMachine, describeParts } from './machine.ts'
import { createProducts } from './products.ts'
import { progressPrinter } from './progress.ts'
import { startSampler } from './sampling/sampler.ts'
import type { Kind, LoadSettings } from './settings.ts'
import { readSettlement } from './settlement.ts'
import type { Shop } from './shop.ts'

/** Everything that a run measured, and nothing that it concluded. */
export type RunRecord = Awaited<ReturnType<typeof run>>

type Say = (line: string) => void

/** Loads the shop, waits until it has settled everything, audits it, and resolves to all that was measured. */
export async function run(kind: Kind, settings: LoadSettings, shop: Shop, files: Files, say: Say) {
  const { url, local, programs } = shop
  const { singleId, ...products } = await createProducts(url)
  const productIds = [products.productId]
  const baseline = await measureBaseline(url, singleId)
  const limits = limitsOf(settings, baseline)
  say(`${baselineSentence(baseline)}.`)
  const { pid, ended } = startGenerator({ ...settings, limits, target: url }, products, files)
  const sampler = startSampler({ ...programs, generator: [pid] }, local, progressPrinter(say))
  try {
    const { report: generator, keptThresholds } = await ended
    shop.requireRunning()
    say('The load has ended; waiting for the last orders to be settled.')
    await drain(productIds, sampler.samples, settings.drainSeconds)
    await sampler.stop()
    return {
      kind,
      settings,
      baseline,
      /** The ratios of the settings, applied to the baseline. */
      limits,
      /** Moments in milliseconds since the epoch; the load ends with the generator, the run when the queues are empty. */
      startedAt: generator.aggregate.firstMetricAt,
      loadEndedAt: generator.aggregate.lastMetricAt,
      endedAt: Date.now(),
      productIds,
      generator,
      keptThresholds,
      samples: sampler.samples,
      settlement: await readSettlement(productIds),
      audit: await takeAudit(local),
      cores: availableParallelism(),
      machine: describeMachine(),
      backing: describeParts(local),
    }
  } finally {
    await sampler.stop()
  }
}
