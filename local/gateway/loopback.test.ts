import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { afterEach, expect, it } from '@jest/globals'
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

it.each(loopbacks)(
  'a server that listens at %s is reached, and drained, at every loopback address of the machine',
  async (at) => {
    const drain = prepareDraining({ quietMs: 60_000, limitMs: 60_000 })
    const port = await listenAt(at)
    const askEach = () => Promise.all(loopbacks.map((address) => ask(address, port)))
    const before = await askEach()

    const drained = drain()
    const answers = await askEach()
    await drained

    expect(before).toEqual(loopbacks.map((address) => [address, 'keep-alive']))
    expect(answers).toEqual(loopbacks.map((address) => [address, 'close']))
    await expect(Promise.any(loopbacks.map((address) => ask(address, port)))).rejects.toThrow()
  },
)

it('every other host is left as it is', () => {
  expect(addressesOf('0.0.0.0')).toEqual(['0.0.0.0'])
  expect(loopbacks.filter((address) => !isIPv6(address))).toEqual(['127.0.0.1'])
})
