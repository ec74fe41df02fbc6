import { cpus, totalmem } from 'node:os'
import type { LocalSettings } from '../local/settings/settings.ts'

/** What the run ran on, in one line. */
export function describeMachine(): string {
  const processors = cpus()
  const memoryGb = Math.round(totalmem() / 1024 ** 3)
  return `${processors.length} cores (${processors[0]?.model.trim()}), ${memoryGb} GB, Node ${process.version}`
}

/** What backed the shop, in one line. */
export function describeParts({ embedded }: LocalSettings): string {
  return [
    embedded.database ? 'PostgreSQL embedded' : 'PostgreSQL',
    embedded.cache ? 'cache in process' : 'Redis',
    embedded.broker ? 'broker in process' : 'RabbitMQ',
  ].join(', ')
}
