/** A service that the shop needs is away, too slow or overloaded; the same request may succeed a moment later. */
export class Unavailable extends Error {
  override name = 'Unavailable'
  readonly service: 'database' | 'cache' | 'broker' | 'secrets'

  constructor(service: Unavailable['service'], cause: unknown) {
    super(`The ${service} is unavailable: ${cause instanceof Error ? cause.message || cause.name : cause}`, {
      cause,
    })
    this.service = service
  }
}
