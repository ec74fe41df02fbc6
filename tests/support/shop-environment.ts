/** Every variable that the shop reads: what a developer has set of them is no business of the tests. */
export const shopVariables = [
  'DATABASE_URL',
  'PRODUCTS_DATABASE_URL',
  'ORDERS_DATABASE_URL',
  'DATABASE_POOL_SIZE',
  'DATABASE_TIMEOUT_MS',
  'DATABASE_POOL_MODE',
  'REDIS_URL',
  'PRODUCTS_REDIS_URL',
  'ORDERS_REDIS_URL',
  'CACHE_PREFIX',
  'CACHE_TTL_SECONDS',
  'RABBITMQ_URL',
  'RABBITMQ_RETRY_PAUSE_MS',
  'LOG_LEVEL',
  'ADMIN_API_KEY',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'CORS_ALLOWED_ORIGIN',
  'HTTP_HOST',
  'HTTP_PORT',
  'LAMBDA_PORT',
  'HEALTH_PORT',
  'WORKERS',
  'CONSUMERS',
  'STOCKROOM_DATA_DIR',
  'SLS_LOG_LEVEL',
] as const

export type ShopVariable = (typeof shopVariables)[number]

/** Takes the shop's variables out of this process's environment, and so out of the test workers'. */
export function forgetShopVariables(): void {
  for (const variable of shopVariables) delete process.env[variable]
}

/** The shop's variables, each empty unless given: an empty one also keeps a developer's `.env` from setting it. */
export function shopEnvironment(given: Partial<Record<ShopVariable, string>>): Record<ShopVariable, string> {
  const empty = Object.fromEntries(shopVariables.map((variable) => [variable, '']))
  return { ...empty, ...given } as Record<ShopVariable, string>
}
