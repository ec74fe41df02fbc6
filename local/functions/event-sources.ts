import type { Role } from '../shop.ts'

/** What invokes functions in a process. Schedules nowhere: serverless-offline has no option for that and never stops them. */
const eventSources: Record<Role, readonly string[]> = {
  shop: ['httpApi', 'rabbitmq'],
  api: ['httpApi'],
  consumers: ['rabbitmq'],
  primary: ['rabbitmq'],
  worker: ['httpApi'],
}

/** Takes the events out of `functions` that invoke nothing in a process of this role. */
export function keepEventsOf(role: Role, functions: Record<string, { events?: unknown[] }>): void {
  const isKept = (event: unknown) =>
    typeof event === 'object' && event !== null && eventSources[role].some((source) => source in event)
  for (const definition of Object.values(functions)) definition.events = definition.events?.filter(isKept)
}
