import { describe, expect, it } from '@jest/globals'
import { countQueues } from '@stockroom/messaging/queue-counts'
import { eventually } from '../../../bench/processes/eventually.ts'
import { dealWithDeadLetters, lookAtDeadLetters } from '../../../functions/operations/dead-letter-desk.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { ownServices } from '../../support/own-services.ts'

const broker = BrokerClient.withQueues(ownServices({ rabbitmq: true }))
const queue = 'stock-reduction'
const deadQueue = `${queue}.dead`

/** Lets messages lie in the dead-letter queue. */
async function setAside(...messageIds: string[]): Promise<void> {
  for (const messageId of messageIds)
    broker.channel.sendToQueue(deadQueue, Buffer.from('not JSON'), { messageId })
  await broker.holds(deadQueue, messageIds.length)
}

describe('the desk for dead letters', () => {
  it('shows the oldest hundred of a queue, any number of times, and how many there are', async () => {
    const all = Array.from({ length: 105 }, (_, index) => `letter-${index}`)
    await setAside(...all)

    for (let look = 0; look < 2; look += 1) {
      const { total, letters } = await lookAtDeadLetters()
      await broker.holds(deadQueue, 105)

      expect(total).toBe(105)
      expect(letters.map(({ messageId }) => messageId)).toEqual(all.slice(0, 100))
    }
  })

  it('puts the chosen one back into its queue, another away for good, and leaves the others', async () => {
    await setAside('first-one', 'other-one', 'last-one')

    const redriven = await dealWithDeadLetters('redrive', { queue, messageIds: ['first-one'] })
    await broker.holds(deadQueue, 2)
    const discarded = await dealWithDeadLetters('discard', { queue, messageIds: ['other-one'] })

    expect(redriven).toEqual({ done: ['first-one'], stayed: [], problems: [] })
    expect(discarded).toEqual({ done: ['other-one'], stayed: [], problems: [] })
    expect(await broker.idsIn(deadQueue, 1)).toEqual(['last-one'])
    expect(await broker.idsIn(queue, 1)).toEqual(['first-one'])
  })
})

it('what waits in the queues is counted, with who takes it', async () => {
  await setAside('letter')
  broker.channel.sendToQueue(queue, Buffer.from('waits'))

  const counted = await eventually(async () => {
    const [counts] = await countQueues()
    return counts?.ready === 1 && counts
  })

  expect(counted).toEqual({ name: queue, ready: 1, consumers: 0, deadLetters: 1 })
})
