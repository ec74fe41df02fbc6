import type { Audit } from '../commands/audit/report.ts'
import type { Baseline } from './baseline.ts'
import type { GeneratorReport } from './generator-report.ts'
import type { Sample } from './sampling/sampler.ts'
import type { Limits, LoadSettings } from './settings.ts'
import type { Settlement } from './settlement.ts'

/** Everything that a run measured, and nothing that it concluded. */
export interface RunRecord {
  kind: 'load' | 'soak'
  settings: LoadSettings
  baseline: Baseline
  /** The ratios of the settings, applied to the baseline. */
  limits: Limits
  /** Moments in milliseconds since the epoch; the load ends with the generator, the run when the queues are empty. */
  startedAt: number
  loadEndedAt: number
  endedAt: number
  productIds: number[]
  generator: GeneratorReport
  keptThresholds: boolean
  samples: Sample[]
  settlement: Settlement
  audit: Audit
  cores: number
  machine: string
  backing: string
}
