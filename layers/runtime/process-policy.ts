/** What depends on whether a process stands still between its answers. */
export interface ProcessPolicy {
  /** Whether an invocation ends by sending its metrics and spans: nobody asks for them, and nothing runs behind the answer. */
  flushesAfterAnswer: boolean
  /** Whether an invocation first hears what has become of its connections: they may have ended meanwhile. */
  listensBeforeWork: boolean
  /** How long an answer waits for the broker to take its events over; without waiting the process does that behind it. */
  announcementWaitMs: number
  /** Whether a call waits until the broker is connected again, instead of being refused at once. */
  awaitsBrokerConnection: boolean
  /** Before the first attempt to connect to the broker again. */
  brokerRetryMs: number
  /**
   * Whether the topology is declared again when the broker is back, which may have lost its data. `migrate` declares as
   * well; hundreds of environments would do it at once when a sale wakes them.
   */
  redeclaresTopology: boolean
  /** Whether the sweeps record what waits, because nobody asks the process for it. */
  sweepsRecordBacklog: boolean
  /** Whether other instances' changes arrive at the cache in this process. */
  hearsCacheUpdates: boolean
  /** How old the identity of a database may be without anybody waiting for the next one. */
  identityStaleMs: number
  /** Whether the session of a connection is the process's own: RDS Proxy would pin one that is given settings. */
  ownsSessions: boolean
}

const goesOn: ProcessPolicy = {
  flushesAfterAnswer: false,
  listensBeforeWork: false,
  announcementWaitMs: 0,
  awaitsBrokerConnection: false,
  brokerRetryMs: 100,
  redeclaresTopology: true,
  sweepsRecordBacklog: false,
  hearsCacheUpdates: true,
  identityStaleMs: 2000,
  ownsSessions: true,
}

const standsStill: ProcessPolicy = {
  flushesAfterAnswer: true,
  listensBeforeWork: true,
  announcementWaitMs: 250,
  awaitsBrokerConnection: true,
  brokerRetryMs: 10,
  redeclaresTopology: false,
  sweepsRecordBacklog: true,
  hearsCacheUpdates: false,
  identityStaleMs: 1000,
  ownsSessions: false,
}

/**
 * The policy of this process: an environment of AWS Lambda stands still between its answers, so what shall be done by then
 * has to be waited for. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export const processPolicy = (): ProcessPolicy =>
  'AWS_LAMBDA_RUNTIME_API' in process.env ? standsStill : goesOn
