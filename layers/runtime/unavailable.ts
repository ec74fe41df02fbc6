const unavailable = {
  database: 'The database is',
  cache: 'The cache is',
  broker: 'The broker is',
  secrets: 'The secrets are',
}

/** A service that the shop needs is away, too slow or overloaded; the same request may succeed a moment later. */
export class Unavailable extends Error {
  override name = 'Unavailable'
  readonly service: keyof typeof unavailable

  constructor(service: Unavailable['service'], cause: unknown) {
    super(
      `${unavailable[service]} unavailable: ${cause instanceof Error ? cause.message || cause.name : cause}`,
      {
        cause,
      },
    )
    this.service = service
  }
}

/** The service went away while it stored a change: whether that took place isn't known. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown'

  constructor(cause: unknown) {
    super(`It isn't known whether the change was stored: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  }
}
