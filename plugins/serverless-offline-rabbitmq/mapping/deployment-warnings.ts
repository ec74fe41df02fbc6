import { displayAddress } from '../broker/broker-address.ts'
import type { EventSourceMapping } from './event-source-mapping.ts'

/** What a deployment makes of these mappings in another way than their definitions say, one line each. */
export function deploymentWarnings(mappings: EventSourceMapping[]): string[] {
  return [...lostWindows(mappings), ...localVirtualHosts(mappings)]
}

/** osls writes the window into its template when it is truthy: compile/events/rabbitmq.js. */
function lostWindows(mappings: EventSourceMapping[]): string[] {
  const without = mappings.filter(({ declared }) => declared.maximumBatchingWindow === 0)
  if (without.length === 0) return []
  return [
    `maximumBatchingWindow: 0 of ${named(without)} isn't deployed: osls leaves a 0 out, and AWS then collects for its default of 500 ms. The README says how to deploy it.`,
  ]
}

/** VIRTUAL_HOST is optional: https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html */
function localVirtualHosts(mappings: EventSourceMapping[]): string[] {
  const ofUrl = mappings.filter(({ declared, virtualHost }) => !declared.virtualHost && virtualHost !== '/')
  const byUrl = Map.groupBy(ofUrl, ({ brokerUrl, virtualHost }) =>
    JSON.stringify([displayAddress(brokerUrl), virtualHost]),
  )
  return [...byUrl.values()].map((its) => {
    const { brokerUrl, queue, virtualHost } = its[0] as EventSourceMapping
    const poll = its.length === 1 ? 'polls' : 'poll'
    return `${named(its)} ${poll} virtual host "${virtualHost}" of ${displayAddress(brokerUrl)}, which its URL names. AWS reads no URL: without virtualHost it polls "/", and its events have keys such as "${queue}::/". Name virtualHost to have the same there.`
  })
}

const named = (mappings: EventSourceMapping[]): string =>
  mappings.map(({ functionKey, queue }) => `${functionKey} (${queue})`).join(' and ')
