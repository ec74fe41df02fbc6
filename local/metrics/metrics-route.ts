/** The function behind `GET /metrics`, which serverless.yml doesn't have: it isn't deployed. */
export const metricsFunction = {
  name: 'stockroom-local-getMetrics',
  handler: 'local/metrics/get-metrics.handler',
  events: [{ httpApi: { method: 'GET', path: '/metrics' } }],
}
