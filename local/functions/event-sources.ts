import type { Role } from '../shop.ts'

/** What invokes functions in a process. Schedules nowhere: serverless-offline has no option for that and never stops them. */
const eventSources: Record<Role, readonly string[]> = {
  shop: ['httpApi', 'rabbitmq'],
  api: ['httpApi'],
  consumers: ['rabbitmq'],
  primary: ['rabbitmq'],
  worker: ['httpApi'],
}

type Functions = Record<string, { events?: unknown[] }>

/** Takes the events out of `functions` that invoke nothing in a process of this role. */
export function keepEventsOf(role: Role, functions: Functions): void {
  const isKept = (event: unknown) =>
    typeof event === 'object' && event !== null && eventSources[role].some((source) => source in event)
  for (const definition of Object.values(functions)) definition.events = definition.events?.filter(isKept)
}

/** Lets the consumers poll the virtual host of the broker's URL. AWS, where no mapping names one, polls `/`. */
export function pollVirtualHostOf(url: string, functions: Functions): void {
  const virtualHost = decodeURIComponent(new URL(url).pathname.slice(1)) || '/'
  const named = (event: unknown) =>
    typeof event === 'object' && event !== null && 'rabbitmq' in event
      ? { ...event, rabbitmq: { ...(event.rabbitmq as object), virtualHost } }
      : event
  for (const definition of Object.values(functions))
    if (definition.events) definition.events = definition.events.map(named)
}
