import { describe, expect, it, jest } from '@jest/globals'
import { silentLog } from '../fixtures/silent-log.ts'
import { type BrokerClient, connectToBroker } from './broker-connection.ts'

type Options = { recovery: { setup(model: object): Promise<void> } }

/** Connects, and makes the set-up of each connection with what the client says of it. */
async function connectionSetUp(connection: object) {
  const log = silentLog()
  const connect = jest.fn<BrokerClient['connect']>(async () => ({ close: async () => {} }) as never)
  const target = { url: 'amqp://guest:secret@localhost:5672', virtualHost: '/', client: { connect }, log }
  await connectToBroker(target, new AbortController().signal)
  const options = connect.mock.calls[0]?.[1] as Options
  await options.recovery.setup({ connection })
  return log
}

describe('connectToBroker', () => {
  it('guards every connection before anything is consumed', async () => {
    const recvFrame = () => false
    const connection = { rest: Buffer.alloc(0), recvFrame }

    const log = await connectionSetUp(connection)

    expect(connection.recvFrame).not.toBe(recvFrame)
    expect(log.warning).not.toHaveBeenCalled()
  })

  it('says in one line that it can not guard the connections of another amqplib', async () => {
    const log = await connectionSetUp({})

    expect(log.warning.mock.calls).toEqual([
      [expect.stringMatching(/^RabbitMQ at amqp:\/\/localhost:5672: this amqplib isn't guarded: [^\n]+$/)],
    ])
  })
})
