import { availableParallelism } from 'node:os'
import { takeAudit } from '../commands/audit/audit.ts'
import { baselineSentence, limitsOf, measureBaseline } from './baseline.ts'
import { drain } from './drain.ts'
import type { Files } from './files.ts'
import { startGenerator } from './generator.ts'
import { describeMachine, describeParts } from './machine.ts'
import { createProducts } from './products.ts'
import { progressPrinter } from './progress.ts'
import type { RunRecord } from './run-record.ts'
import { messageCounter } from './sampling/count-messages.ts'
import { Sampler } from './sampling/sampler.ts'
import type { LoadSettings } from './settings.ts'
import { readSettlement } from './settlement.ts'
import type { Surroundings } from './surroundings.ts'

type Say = (line: string) => void

/** Loads the shop, waits until it has settled everything, audits it, and resolves to all that was measured. */
export async function run(
  kind: RunRecord['kind'],
  settings: LoadSettings,
  { local, shop, programs }: Surroundings,
  files: Files,
  say: Say,
): Promise<RunRecord> {
  const { singleId, ...products } = await createProducts(shop.url)
  const productIds = [products.productId]
  const baseline = await measureBaseline(shop.url, singleId)
  const limits = limitsOf(settings, baseline)
  say(`${baselineSentence(baseline)}.`)
  const { process: child, ended } = startGenerator(
    { ...settings, limits, target: shop.url },
    { ...products },
    files,
  )
  const stopWithUs = () => child.kill('SIGTERM')
  process.once('exit', stopWithUs)
  const roots = { ...programs, generator: child.pid ? [child.pid] : [] }
  const sampler = new Sampler(roots, messageCounter(local), progressPrinter(say))
  try {
    const { report, keptThresholds } = await ended
    shop.requireRunning()
    say('The load has ended; waiting for the last orders to be settled.')
    await drain(productIds, sampler.samples, settings.drainSeconds)
    await sampler.stop()
    return {
      kind,
      settings,
      baseline,
      limits,
      startedAt: report.aggregate.firstMetricAt,
      loadEndedAt: report.aggregate.lastMetricAt,
      endedAt: Date.now(),
      productIds,
      generator: report,
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
    process.off('exit', stopWithUs)
  }
}
