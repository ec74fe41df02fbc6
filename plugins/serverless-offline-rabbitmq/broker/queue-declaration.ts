import type { Channel } from 'amqplib'
import { messageOf } from '../log.ts'

type Arguments = Record<string, unknown>
/** Arguments of the queues that may be declared, by their names. */
export type QueueDeclarations = Record<string, Arguments>

type DeclaringChannel = Pick<Channel, 'checkQueue' | 'checkExchange' | 'assertQueue' | 'close'> & {
  on(event: string, listener: () => void): unknown
}
type OpenChannel = () => Promise<DeclaringChannel>

const QUORUM_QUEUE = { 'x-queue-type': 'quorum' }

/**
 * What may be declared for functions that consume `queues`: these queues and, each before the queue that it serves, those
 * for their dead letters.
 */
export function declarationsFor(
  queues: string[],
  declareQueues: boolean | QueueDeclarations,
): Map<string, Arguments> {
  if (typeof declareQueues === 'boolean') {
    return new Map(declareQueues ? queues.map((queue) => [queue, QUORUM_QUEUE]) : [])
  }
  const declarations = new Map<string, Arguments>()
  const visited = new Set<string>()
  const visit = (queue: string) => {
    if (visited.has(queue) || !Object.hasOwn(declareQueues, queue)) return
    visited.add(queue)
    const declaration = declareQueues[queue] as Arguments
    const deadQueue = deadQueueOf(declaration)
    if (deadQueue !== undefined) visit(deadQueue)
    declarations.set(queue, declaration)
  }
  queues.forEach(visit)
  return declarations
}

/**
 * Declares durable queues where there are none of these names. One that exists stays as it is, whatever its arguments.
 *
 * Throws an Error of one line when the broker refuses, or when dead letters would get lost because nothing takes them.
 */
export async function declareMissing(
  openChannel: OpenChannel,
  declarations: Map<string, Arguments>,
): Promise<void> {
  for (const [queue, declaration] of declarations) {
    await requireDeadLetterTarget(openChannel, queue, declarations)
    await declareIfMissing(openChannel, queue, declaration)
  }
}

/** RabbitMQ drops a dead letter, or never lets go of it, when its exchange or queue isn't there, and says nothing. */
async function requireDeadLetterTarget(
  openChannel: OpenChannel,
  queue: string,
  declarations: Map<string, Arguments>,
): Promise<void> {
  const declaration = declarations.get(queue) as Arguments
  const exchange = declaration['x-dead-letter-exchange']
  const deadQueue = deadQueueOf(declaration)
  const story = `Queue "${queue}" sends its dead letters to`
  if (deadQueue !== undefined && !declarations.has(deadQueue)) {
    if (await exists(openChannel, (channel) => channel.checkQueue(deadQueue))) return
    throw new Error(`${story} queue "${deadQueue}", which isn't there: name it in declareQueues too.`)
  }
  if (typeof exchange === 'string' && exchange !== '') {
    if (await exists(openChannel, (channel) => channel.checkExchange(exchange))) return
    throw new Error(`${story} exchange "${exchange}", which isn't there: declare it before polling starts.`)
  }
}

/** The queue that a declaration sends dead letters to by its name, over the default exchange. */
function deadQueueOf(declaration: Arguments): string | undefined {
  const deadQueue = declaration['x-dead-letter-routing-key']
  return declaration['x-dead-letter-exchange'] === '' && typeof deadQueue === 'string' ? deadQueue : undefined
}

async function declareIfMissing(openChannel: OpenChannel, queue: string, declaration: Arguments) {
  if (await exists(openChannel, (channel) => channel.checkQueue(queue))) return
  try {
    await onOwnChannel(openChannel, (channel) =>
      channel.assertQueue(queue, { durable: true, arguments: declaration }),
    )
  } catch (error) {
    throw new Error(`Queue "${queue}" can't be declared: ${messageOf(error)}`, { cause: error })
  }
}

async function exists(
  openChannel: OpenChannel,
  check: (channel: DeclaringChannel) => Promise<unknown>,
): Promise<boolean> {
  try {
    await onOwnChannel(openChannel, check)
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return false
    throw error
  }
}

/** A refusal closes the channel that was asked, so each question has its own. */
async function onOwnChannel(
  openChannel: OpenChannel,
  ask: (channel: DeclaringChannel) => Promise<unknown>,
): Promise<void> {
  const channel = await openChannel()
  // The refusal rejects the question too; without a listener the event would end the process.
  channel.on('error', () => {})
  await ask(channel)
  await channel.close()
}
