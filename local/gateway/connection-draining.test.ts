import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type DrainLimits, prepareDraining } from './connection-draining.ts'

const patient = { quietMs: 60_000, limitMs: 60_000 }
let server: Server
let agent: Agent
let port: number

afterEach(() => {
  agent.destroy()
  server.closeAllConnections()
})

/** Lets a server listen whose connections can be drained, and resolves to what drains them. */
async function listen(limits: DrainLimits = patient): Promise<() => Promise<void>> {
  const drain = prepareDraining(limits)
  agent = new Agent({ keepAlive: true })
  server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
  return drain
}

/** Sends a request on a kept connection where there is one. */
async function ask(): Promise<{ connection: string | undefined; wasKept: boolean }> {
  const request = get({ agent, host: '127.0.0.1', port })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return { connection: response.headers.connection, wasKept: request.reusedSocket }
}

/** Asks on a connection as soon as it stands, and resolves to the answer, or to the code of the error. */
async function answerOn(socket: Socket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nhost: shop\r\n\r\n')
  return once(socket, 'data').then(
    ([answer]) => String(answer),
    ({ code }) => String(code),
  )
}

describe('the draining of connections', () => {
  it('answers each that is kept with `connection: close`, however late its request comes', async () => {
    const drain = await listen()
    const before = await Promise.all([ask(), ask(), ask()])

    const drained = drain().then(() => server.close())
    const during = []
    for (let n = 0; n < 3; n += 1) {
      await pause(200)
      during.push(await ask())
    }
    await drained

    expect(before).toEqual(Array(3).fill({ connection: 'keep-alive', wasKept: false }))
    expect(during).toEqual(Array(3).fill({ connection: 'close', wasKept: true }))
  })

  it('takes those in that have connected already, and answers them', async () => {
    const drain = await listen()
    const sockets = Array.from({ length: 30 }, () => connect(port, '127.0.0.1'))
    await new Promise(process.nextTick) // now the kernel has them, and the server has not

    const drained = drain()
    const answers = await Promise.all(sockets.map(answerOn))

    await drained
    expect(answers).toEqual(Array(30).fill(expect.stringMatching(/^HTTP\/1\.1 200 .*connection: close/is)))
  })

  it('is not over because the process stood still while a request came', async () => {
    const drain = await listen({ ...patient, quietMs: 100 })
    const socket = connect(port, '127.0.0.1')
    await answerOn(socket)
    const drained = drain().then(() => server.close())
    await pause(60)

    const answer = answerOn(socket)
    for (const end = performance.now() + 300; performance.now() < end; );

    expect(await answer).toMatch(/^HTTP\/1\.1 200 .*connection: close/is)
    await drained
  })

  it('refuses new ones', async () => {
    const drain = await listen()
    await ask()
    const drained = drain()
    await pause(200)

    const [error] = await once(connect(port, '127.0.0.1'), 'error')

    await ask()
    await drained
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('ends at once where no connection is open', async () => {
    const drain = await listen()

    await expect(drain()).resolves.toBeUndefined()
  })

  it.each([
    ['nobody has asked for a while', { ...patient, quietMs: 50 }],
    ['its time is up', { ...patient, limitMs: 50 }],
  ])('gives idle ones up when %s', async (_, limits) => {
    const drain = await listen(limits)
    await ask()

    await expect(drain()).resolves.toBeUndefined()
  })
})
