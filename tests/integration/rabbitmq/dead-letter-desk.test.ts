import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openChannel } from '@stockroom/messaging/broker-connection'
import { countQueues } from '@stockroom/messaging/queue-counts'
import { declareTopology } from '@stockroom/messaging/topology'
import { eventually } from '../../../bench/processes/eventually.ts'
import { dealWithDeadLetters, lookAtDeadLetters } from '../../../functions/operations/dead-letter-desk.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices({ rabbitmq: true })
const broker = BrokerClient.of(own)
const queue = 'stock-reduction'
const deadQueue = `${queue}.dead`

beforeAll(async () => declareTopology(await openChannel()))

beforeEach(async () => {
  for (const name of [queue, deadQueue]) await broker.drain(name)
})

/** Lets messages lie in the dead-letter queue. */
async function setAside(...messageIds: string[]): Promise<void> {
  for (const messageId of messageIds)
    broker.channel.sendToQueue(deadQueue, Buffer.from('not JSON'), { messageId, persistent: true })
  await eventually(async () => (await broker.count(deadQueue)) === messageIds.length)
}

const ids = async () => (await lookAtDeadLetters()).letters.map(({ messageId }) => messageId)

describe('the desk for dead letters', () => {
  it('shows the oldest hundred of a queue, any number of times, and how many there are', async () => {
    const all = Array.from({ length: 105 }, (_, index) => `letter-${index}`)
    await setAside(...all)

    const first = await lookAtDeadLetters()
    await eventually(async () => (await broker.count(deadQueue)) === 105)
    const second = await ids()

    expect(first.total).toBe(105)
    expect(first.letters.map(({ messageId }) => messageId)).toEqual(all.slice(0, 100))
    expect(second).toEqual(all.slice(0, 100))
  }, 60_000)

  it('puts the chosen one back into its queue, and leaves the others', async () => {
    await setAside('first-one', 'other-one')

    const outcome = await dealWithDeadLetters('redrive', { queue, messageIds: ['first-one'] })

    expect(outcome).toEqual({ done: ['first-one'], stayed: [], problems: [] })
    await eventually(async () => (await broker.count(queue)) === 1)
    await eventually(async () => String(await ids()) === 'other-one')
  })

  it('puts the chosen one away for good', async () => {
    await setAside('first-one', 'other-one')

    await dealWithDeadLetters('discard', { queue, messageIds: ['other-one'] })

    await eventually(async () => String(await ids()) === 'first-one')
    expect(await broker.count(queue)).toBe(0)
  })
})

describe('what waits in the queues', () => {
  it('is counted, with who takes it', async () => {
    await setAside('letter')
    broker.channel.sendToQueue(queue, Buffer.from('waits'))

    const counted = await eventually(async () => {
      const [counts] = await countQueues()
      return counts?.ready === 1 && counts
    })

    expect(counted).toEqual({ name: queue, ready: 1, consumers: 0, deadLetters: 1 })
  })
})
