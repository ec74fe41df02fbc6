import type { EventSourceMapping } from './event-source-mapping.ts'

/** What a deployment makes of these mappings in another way than their definitions say, one line each. */
export function deploymentWarnings(mappings: EventSourceMapping[]): string[] {
  return lostWindows(mappings)
}

/** osls writes the window into its template when it is truthy: compile/events/rabbitmq.js. */
function lostWindows(mappings: EventSourceMapping[]): string[] {
  const without = mappings.filter(({ declared }) => declared.maximumBatchingWindow === 0)
  if (without.length === 0) return []
  return [
    `maximumBatchingWindow: 0 of ${named(without)} isn't deployed: osls leaves a 0 out, and AWS then collects for its default of 500 ms. The README says how to deploy it.`,
  ]
}

const named = (mappings: EventSourceMapping[]): string =>
  mappings.map(({ functionKey, queue }) => `${functionKey} (${queue})`).join(' and ')
