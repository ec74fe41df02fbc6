import { counters, gauges, histograms } from './metrics.ts'

const answerBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const settleBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
const sizeBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500]

/** Routes are those of serverless.yml; every other is `unknown`. */
export const requests = counters({
  name: 'stockroom_http_requests_total',
  cloudWatchName: 'HttpRequests',
  help: 'Requests that a function has answered.',
  unit: 'count',
  labels: ['method', 'route', 'status'],
})

export const requestSeconds = histograms(
  {
    name: 'stockroom_http_request_duration_seconds',
    cloudWatchName: 'HttpRequestDuration',
    help: 'Time from the event of a request to its answer, within the function.',
    unit: 'seconds',
    labels: ['method', 'route'],
  },
  answerBounds,
)

export const settleSeconds = histograms(
  {
    name: 'stockroom_order_settle_duration_seconds',
    cloudWatchName: 'OrderSettleDuration',
    help: 'Time from an order to its confirmation or rejection.',
    unit: 'seconds',
    labels: ['status'],
  },
  settleBounds,
)

export const cancelledOrders = counters({
  name: 'stockroom_orders_cancelled_total',
  cloudWatchName: 'OrdersCancelled',
  help: 'Orders that were cancelled, by the status that they had.',
  unit: 'count',
  labels: ['status'],
})

export const batchSizes = histograms(
  {
    name: 'stockroom_consumer_batch_messages',
    cloudWatchName: 'ConsumerBatchMessages',
    help: 'Messages in a batch that a consumer got.',
    unit: 'count',
    labels: ['queue'],
  },
  sizeBounds,
)

export const commitSizes = histograms(
  {
    name: 'stockroom_order_commit_orders',
    cloudWatchName: 'OrderCommitOrders',
    help: 'Orders that shared a commit.',
    unit: 'count',
    labels: [],
  },
  sizeBounds,
)

export const cacheReads = counters({
  name: 'stockroom_cache_reads_total',
  cloudWatchName: 'CacheReads',
  help: 'Reads of a cache, by whether the value was there.',
  unit: 'count',
  labels: ['cache', 'result'],
})

export const publishedEvents = counters({
  name: 'stockroom_events_published_total',
  cloudWatchName: 'EventsPublished',
  help: 'Events that were handed to the broker, by whether it has confirmed them.',
  unit: 'count',
  labels: ['event', 'result'],
})

export const poisonMessages = counters({
  name: 'stockroom_poison_messages_total',
  cloudWatchName: 'PoisonMessages',
  help: 'Messages that a consumer has sent to the dead letters.',
  unit: 'count',
  labels: ['queue'],
})

export const brokerBlocked = gauges({
  name: 'stockroom_broker_blocked',
  cloudWatchName: 'BrokerBlocked',
  help: 'Whether the broker takes no messages (1), as while its memory or its disk runs short.',
  unit: 'count',
  labels: [],
})

export const lastSweep = gauges({
  name: 'stockroom_sweep_last_success_timestamp_seconds',
  cloudWatchName: 'SweepLastSuccess',
  help: 'When a function with a schedule last succeeded, in seconds since 1970.',
  unit: 'seconds',
  labels: ['function'],
})

export const failedBatches = counters({
  name: 'stockroom_failed_batches_total',
  cloudWatchName: 'FailedBatches',
  help: 'Batches that a consumer could not handle, so that they come again.',
  unit: 'count',
  labels: ['queue'],
})

/** The services are those of `Unavailable`; `timeout` stands for an answer that took too long. */
export const unavailableAnswers = counters({
  name: 'stockroom_http_unavailable_total',
  cloudWatchName: 'HttpUnavailable',
  help: 'Requests that were refused with 503, by the service that was away.',
  unit: 'count',
  labels: ['service'],
})

/** What the process itself knows. The gauges of several processes are one: the highest. */
export const recorded = {
  counters: [
    requests,
    unavailableAnswers,
    cancelledOrders,
    cacheReads,
    publishedEvents,
    poisonMessages,
    failedBatches,
  ],
  histograms: [requestSeconds, settleSeconds, batchSizes, commitSizes],
  gauges: [brokerBlocked, lastSweep],
}

export const outboxEvents = gauges({
  name: 'stockroom_outbox_events',
  cloudWatchName: 'OutboxEvents',
  help: 'Events in an outbox that no broker has confirmed yet.',
  unit: 'count',
  labels: ['domain'],
})

export const outboxAge = gauges({
  name: 'stockroom_outbox_oldest_age_seconds',
  cloudWatchName: 'OutboxOldestAge',
  help: 'Age of the oldest event in an outbox; 0 for an empty one.',
  unit: 'seconds',
  labels: ['domain'],
})

export const pendingOrderAge = gauges({
  name: 'stockroom_pending_order_oldest_age_seconds',
  cloudWatchName: 'PendingOrderOldestAge',
  help: 'Age of the oldest order that is not settled; 0 where all are.',
  unit: 'seconds',
  labels: [],
})

export const queueMessages = gauges({
  name: 'stockroom_queue_messages',
  cloudWatchName: 'QueueMessages',
  help: 'Messages in a queue that are ready to be delivered.',
  unit: 'count',
  labels: ['queue'],
})

export const deadLetterMessages = gauges({
  name: 'stockroom_dead_letter_messages',
  cloudWatchName: 'DeadLetterMessages',
  help: 'Messages that were set aside from a queue and wait for a person.',
  unit: 'count',
  labels: ['queue'],
})
