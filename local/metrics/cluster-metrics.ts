import cluster, { type Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { within } from '@stockroom/runtime/deadline'
import { isWorker } from '../workers.ts'
import { backlogMetrics, exposition, type MetricJson, processMetrics } from './process-metrics.ts'

/**
 * What the processes of a shop with WORKERS say to each other: a worker asks the primary for the metrics of all, and
 * the primary asks every worker for its own.
 */
type Message =
  | { stockroom: 'ask-all'; id: string }
  | { stockroom: 'all'; id: string; text: string }
  | { stockroom: 'ask-own'; id: string }
  | { stockroom: 'own'; id: string; metrics: MetricJson[] }

/** A worker's own answer, and that of the primary, which has asked all workers by then. */
const limitMs = { own: 1000, all: 1700 }
const waiting = new Map<string, (answer: Message) => void>()

/** The metrics of the whole shop, whichever of its processes is asked. */
export async function shopMetrics(): Promise<string> {
  if (!isWorker()) return metricsOfAll()
  const answer = await ask(
    { stockroom: 'ask-all', id: randomUUID() },
    (question) => process.send?.(question),
    limitMs.all,
  )
  return (answer as Message & { text: string }).text
}

/** Lets this process answer the others of its shop. */
export function answerMetricQuestions(): void {
  if (isWorker()) process.on('message', (message) => hear(message, (answer) => process.send?.(answer)))
  else cluster.on('message', (worker, message) => hear(message, (answer) => worker.send(answer)))
}

async function hear(message: unknown, reply: (answer: Message) => void): Promise<void> {
  if (!isMessage(message)) return
  const { stockroom, id } = message
  if (stockroom === 'ask-all') reply({ stockroom: 'all', id, text: await metricsOfAll() })
  else if (stockroom === 'ask-own') reply({ stockroom: 'own', id, metrics: await processMetrics() })
  else waiting.get(id)?.(message)
}

/** Leaves a worker out that doesn't answer: it has ended, or it is too busy. */
async function metricsOfAll(): Promise<string> {
  const workers = Object.values(cluster.workers ?? {}) as Worker[]
  const [own, backlog, ...others] = await Promise.all([
    processMetrics(),
    backlogMetrics(),
    ...workers.map((worker) => metricsOf(worker).catch(() => [])),
  ])
  return exposition([own, backlog, ...others])
}

async function metricsOf(worker: Worker): Promise<MetricJson[]> {
  const answer = await ask(
    { stockroom: 'ask-own', id: randomUUID() },
    (question) => worker.send(question),
    limitMs.own,
  )
  return (answer as Message & { metrics: MetricJson[] }).metrics
}

async function ask(question: Message, send: (question: Message) => void, withinMs: number): Promise<Message> {
  const { promise, resolve } = Promise.withResolvers<Message>()
  waiting.set(question.id, resolve)
  send(question)
  return within(withinMs, promise).finally(() => waiting.delete(question.id))
}

const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'stockroom' in message
