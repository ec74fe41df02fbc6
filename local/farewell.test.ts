import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { sayFarewell } from './farewell.ts'

let server: Server
let agent: Agent

beforeEach(async () => {
  agent = new Agent({ keepAlive: true })
  server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  agent.destroy()
  server.close()
})

async function connectionHeader(): Promise<string | undefined> {
  const request = get({ agent, host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.headers.connection
}

describe('sayFarewell', () => {
  it('has the client of a kept connection close it after its next answer', async () => {
    const before = await connectionHeader()
    const farewell = sayFarewell()

    const during = await connectionHeader()

    await farewell
    expect({ before, during }).toEqual({ before: 'keep-alive', during: 'close' })
  })

  it('answers those that come over new connections meanwhile', async () => {
    const farewell = sayFarewell()

    const answers = await Promise.all([connectionHeader(), connectionHeader(), connectionHeader()])

    await farewell
    expect(answers).toEqual(['close', 'close', 'close'])
  })
})
