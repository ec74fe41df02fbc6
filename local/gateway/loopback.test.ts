import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { prepareDraining } from './connection-draining.ts'
import { addressesOf, listenBeside } from './loopback.ts'

const loopbacks = addressesOf('localhost').filter((address) => address !== 'localhost')
let server: Server
const agent = new Agent({ keepAlive: true })

afterEach(() => {
  agent.destroy()
  server.closeAllConnections()
  server.close()
})

async function listenAt(address: string): Promise<number> {
  server = createServer(({ socket }, response) => response.end(socket.remoteAddress)).listen(0, address)
  await once(server, 'listening')
  await Promise.all(listenBeside(server).map((beside) => once(beside, 'listening')))
  return (server.address() as AddressInfo).port
}

/** Asks at an address, and resolves to whom the server has seen there, and to what becomes of the connection. */
async function ask(host: string, port: number): Promise<string[]> {
  const [response] = (await once(get({ host, port, agent }), 'response')) as [IncomingMessage]
  const [body] = await Promise.all([once(response, 'data'), once(response, 'end')])
  return [String(body), String(response.headers.connection)]
}

describe('a server at localhost', () => {
  it.each(loopbacks)(
    'is reached at every loopback address of the machine when it listens at %s',
    async (at) => {
      const port = await listenAt(at)

      const answers = await Promise.all(loopbacks.map((address) => ask(address, port)))

      expect(answers).toEqual(loopbacks.map((address) => [address, 'keep-alive']))
    },
  )

  it('closes the connections that it drains at each of them', async () => {
    const drain = prepareDraining({ quietMs: 60_000, limitMs: 60_000 })
    const port = await listenAt(loopbacks[0] as string)
    await Promise.all(loopbacks.map((address) => ask(address, port)))

    const drained = drain()
    const answers = await Promise.all(loopbacks.map((address) => ask(address, port)))
    await drained

    expect(answers).toEqual(loopbacks.map((address) => [address, 'close']))
    await expect(Promise.any(loopbacks.map((address) => ask(address, port)))).rejects.toThrow()
  })
})

it('leaves every other host as it is', () => {
  expect(addressesOf('0.0.0.0')).toEqual(['0.0.0.0'])
  expect(addressesOf('127.0.0.1')).toEqual(['127.0.0.1'])
  expect(loopbacks.filter((address) => !isIPv6(address))).toEqual(['127.0.0.1'])
})
