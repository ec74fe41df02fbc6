import { expect, it } from '@jest/globals'
import type { Channel } from 'amqplib'
import { deadLetterQueue, declareTopology, queues } from './topology.ts'

it('declares and binds a dead queue before the queue that leads there', async () => {
  const named: string[] = []
  const note = async (queue: string) => void named.push(queue)
  const channel = { assertExchange: async () => {}, assertQueue: note, bindQueue: note }

  await declareTopology(channel as unknown as Channel)

  for (const queue of Object.keys(queues))
    expect(named.lastIndexOf(deadLetterQueue(queue))).toBeLessThan(named.indexOf(queue))
})
