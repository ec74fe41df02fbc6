import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { prepareFarewell } from './farewell.ts'

let farewell: () => Promise<void>
let server: Server
let agent: Agent
let port: number

beforeEach(async () => {
  farewell = prepareFarewell()
  agent = new Agent({ keepAlive: true })
  server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})

afterEach(() => {
  agent.destroy()
  server.closeAllConnections()
})

async function connectionHeader(): Promise<string | undefined> {
  const request = get({ agent, host: '127.0.0.1', port })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.headers.connection
}

describe('the farewell of a server', () => {
  it('answers on kept connections, and has the client close them', async () => {
    const before = await connectionHeader()
    const end = farewell()

    const during = await connectionHeader()

    await end
    expect({ before, during }).toEqual({ before: 'keep-alive', during: 'close' })
  })

  it('answers the request of a connection that was opened before', async () => {
    const socket = connect(port, '127.0.0.1')
    await once(server, 'connection')
    const end = farewell()

    socket.write('GET / HTTP/1.1\r\nhost: shop\r\n\r\n')
    const [answer] = await once(socket, 'data')

    await end
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 .*connection: close/is)
  })

  it('refuses new connections', async () => {
    const end = farewell()

    const [error] = await once(connect(port, '127.0.0.1'), 'error')

    await end
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  })
})
