import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import { keepPace } from './pace.ts'
import { send } from './send.ts'

it('sends what is due whether or not anything was answered, and says when it was due', async () => {
  const held: (() => void)[] = []
  const server = createServer((_request, response) => {
    held.push(() => response.writeHead(202).end())
    if (held.length === 10) for (const answer of held) answer()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const agent = new Agent({ keepAlive: true })
  const answers: Promise<{ status: number; latencyMs: number }>[] = []

  await keepPace({ perSecond: 10, total: 10 }, (dueAt) => {
    const answer = send('POST', url, { agent, body: '{}' })
    answers.push(answer.then(({ status }) => ({ status, latencyMs: performance.now() - dueAt })))
  })
  const answered = await Promise.all(answers)
  agent.destroy()
  server.close()

  // The first request is due 900 ms before the last one, which lets all of them be answered.
  expect(answered.map(({ status }) => status)).toEqual(Array(10).fill(202))
  expect(Math.max(...answered.map(({ latencyMs }) => latencyMs))).toBeGreaterThanOrEqual(890)
})
