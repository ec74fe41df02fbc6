import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import * as events from '@stockroom/messaging/events'
import type { OutboundMessage } from '@stockroom/messaging/publisher'
import { queues } from '@stockroom/messaging/topology'
import { serverlessFile } from '../support/cloudformation/serverless-file.ts'
import { lambdaContext } from '../support/lambda-context.ts'
import { rmqEvent } from '../support/rmq-event.ts'

process.env.LOG_LEVEL = 'silent'
const publish = jest.fn<(messages: OutboundMessage[]) => Promise<boolean[]>>()
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({
  publish,
  send: jest.fn(),
  requireBroker: jest.fn(),
  confirmTimeoutMs: 5000,
}))

interface Definition {
  handler: string
  events?: { rabbitmq?: { queue: string } }[]
}
const consumers = Object.values(serverlessFile.functions as Record<string, Definition>).flatMap(
  ({ handler, events = [] }) =>
    events.flatMap(({ rabbitmq }) => (rabbitmq ? [{ handler, queue: rabbitmq.queue }] : [])),
)

it('the topology and serverless.yml have one consumer for each queue, and leave dead letters to a person', () => {
  expect(consumers.map(({ queue }) => queue).sort()).toEqual(Object.keys(queues).sort())
})

const eventNames = Object.values(events).flatMap((value) =>
  typeof value === 'object' && 'of' in value ? [value.name] : [],
)

/** The events that a consumer takes: of those it minds an empty body, of the others their name. */
async function eventsTakenBy(queue: string, handler: string): Promise<string[]> {
  const path = `../../${handler.replace(/\.handler$/, '.ts')}`
  const consumer = (await import(path)) as { handler: (event: object, context: object) => Promise<void> }
  const messages = eventNames.map((type) => ({ type, body: {} }))
  await consumer.handler(rmqEvent({ queue, messages }), lambdaContext())
  return publish.mock.calls.flat(2).flatMap(({ options }) => {
    const [, name] = /^not the shape of (.+)$/.exec(options.headers?.['x-dead-letter-reason']) ?? []
    return name ? [name] : []
  })
}

beforeEach(() => {
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

describe('the topology and the code', () => {
  it.each(consumers.map(({ queue, handler }) => [queue, handler]))(
    'agree on the events of %s, which %s takes',
    async (queue, handler) => {
      const taken = await eventsTakenBy(queue, handler)

      const bound = queues[queue as keyof typeof queues].map(({ name }) => name as string)
      expect(taken.sort()).toEqual(bound.sort())
    },
  )

  it('bind every event to one queue at most, so that no order is handled twice', () => {
    const bound = Object.values(queues).flatMap((list) => list.map(({ name }) => name as string))

    expect(new Set(bound).size).toBe(bound.length)
  })
})
