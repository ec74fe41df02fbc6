import type { LocalSettings } from './settings/settings.ts'

/** What the banner says of a running shop. */
export interface BannerFacts {
  settings: LocalSettings
  /** Where the embedded PostgreSQL keeps its data. */
  databaseDirectory: string | undefined
  environment: Record<string, string | undefined>
}

/** Where a person finds what listens at `host`: at every interface, this machine's own name leads there. */
export const localUrl = (host: string, port: number): string =>
  `http://${/^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host}:${port}`

/** The lines that a person sees when the shop is ready: where it listens, what backs each part, and what to try. */
export function banner({ settings, databaseDirectory, environment }: BannerFacts): string {
  const { embedded, host, httpPort, workers, consumers } = settings
  const url = localUrl(host, httpPort)
  const backing = {
    database: embedded.database
      ? `PostgreSQL, embedded (${databaseDirectory})`
      : `PostgreSQL at ${places(environment, ['DATABASE_URL', 'PRODUCTS_DATABASE_URL', 'ORDERS_DATABASE_URL'])}`,
    cache: embedded.cache
      ? 'in process'
      : `Redis at ${places(environment, ['REDIS_URL', 'PRODUCTS_REDIS_URL', 'ORDERS_REDIS_URL'])}`,
    broker: embedded.broker
      ? 'in process (docs/architecture.md#the-embedded-parts says what it lacks)'
      : `RabbitMQ at ${places(environment, ['RABBITMQ_URL'])}`,
  }
  return `
  Stockroom is ready at ${url}${workers > 1 ? `, served by ${workers} processes` : ''}

    database  ${backing.database}
    cache     ${backing.cache}
    broker    ${backing.broker}${consumers ? '' : '\n    consumers elsewhere: npm run consumers'}

  Try it:
${requests(url, { hasSamples: embedded.database, isOpen: !environment.ADMIN_API_KEY })}
    ${url}/console in a browser: watch it, and run a rush
    ${url}/docs for the API, ${url}/metrics for Prometheus

  Ctrl-C stops it.
`
}

const json = "-H 'content-type: application/json' -d"

/** Lines that work as they stand: which products and orders a real database has, nobody knows here. */
function requests(url: string, { hasSamples, isOpen }: { hasSamples: boolean; isOpen: boolean }): string {
  const lines = [`curl ${url}/products`]
  if (hasSamples) {
    lines.push(`curl ${url}/orders ${json} '{"productId": 1, "quantity": 2}'`, `curl ${url}/orders/1`)
  } else if (isOpen) {
    lines.unshift(`curl ${url}/products ${json} '{"name": "Mug", "price": 12.5, "qty": 10}'`)
  }
  return lines.map((line) => `    ${line}`).join('\n')
}

/** Hosts only: a URL may hold a password. */
function places(environment: Record<string, string | undefined>, variables: string[]): string {
  const urls = variables
    .map((variable) => environment[variable])
    .filter((url) => url !== undefined && url !== '')
  return [...new Set(urls.map((url) => new URL(url as string).host))].join(' and ')
}
