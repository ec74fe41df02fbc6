import { EventEmitter } from 'node:events'
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

  it('says once in an outage what is refused, and that AWS would not try it again and again', async () => {
    const log = silentLog()
    const model = Object.assign(new EventEmitter(), { close: async () => {} })
    const connect = jest.fn<BrokerClient['connect']>(async () => model as never)
    const target = { url: 'amqp://shop:old@localhost:5672', virtualHost: '/', client: { connect }, log }
    await connectToBroker(target, new AbortController().signal)
    const refused = new Error(
      '403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using …"',
    )

    model.emit('disconnect', new Error('gone'))
    model.emit('connect-failed', new Error('connect ECONNREFUSED'))
    for (let attempt = 0; attempt < 3; attempt++) model.emit('connect-failed', refused)
    model.emit('connect')
    model.emit('connect-failed', refused)

    const broker = 'RabbitMQ at amqp://localhost:5672'
    const line = `${broker} refused the user name or the password: correct them in the broker URL. Trying again; AWS would stop this mapping: EVENT_SOURCE_AUTHN_ERROR`
    expect(log.warning.mock.calls.flat()).toEqual([
      `${broker}: connection lost (gone), reconnecting`,
      line,
      `${broker}: connected again`,
      line,
    ])
  })
})
