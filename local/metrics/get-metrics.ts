import { endpoint } from '@stockroom/http/endpoint'
import { text } from '@stockroom/http/response'
import { shopMetrics } from './cluster-metrics.ts'
import { contentType } from './process-metrics.ts'

/** Only a local shop has this route: on AWS the metrics are in CloudWatch. */
export const handler = endpoint({}, async () => text(contentType, await shopMetrics()))
