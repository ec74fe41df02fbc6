import type { Counter, Histogram } from '@stockroom/telemetry/metrics'
import { requestSeconds, requests } from '@stockroom/telemetry/shop-metrics'

/** Method and path template of a route of serverless.yml, as API Gateway names it: a set that clients can't enlarge. */
const routeShape = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE) \/.*$/

/** Counts the responses of one route. */
export class RouteMeter {
  /** Undefined for all routes that are none of the shop's. */
  readonly routeKey: string | undefined
  readonly #labels: [string, string]
  readonly #seconds: Histogram
  readonly #byStatus = new Map<number, Counter>()

  constructor(routeKey: string | undefined) {
    this.routeKey = routeKey
    this.#labels = (routeKey?.split(' ') as [string, string] | undefined) ?? ['any', 'unknown']
    this.#seconds = requestSeconds.of(...this.#labels)
  }

  count(status: number, seconds: number): void {
    this.#seconds.observe(seconds)
    let counter = this.#byStatus.get(status)
    if (!counter) {
      counter = requests.of(...this.#labels, String(status))
      this.#byStatus.set(status, counter)
    }
    counter.add()
  }
}

const unknown = new RouteMeter(undefined)
const meters = new Map<string, RouteMeter>()

/** The meter of the route that an event came by. */
export function routeMeterOf(routeKey: string | undefined): RouteMeter {
  const present = meters.get(routeKey ?? '')
  if (present) return present
  if (!routeKey || !routeShape.test(routeKey)) return unknown
  const meter = new RouteMeter(routeKey)
  meters.set(routeKey, meter)
  return meter
}
