import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import { sendSmoothly } from './smooth.ts'

it('sends what is due whether or not anything was answered, and counts from when it was due', async () => {
  const held: (() => void)[] = []
  const server = createServer((_request, response) => {
    held.push(() => response.writeHead(202).end())
    if (held.length === 10) for (const answer of held) answer()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const answers: { statusCode: number | undefined; latencyMs: number }[] = []

  await sendSmoothly(
    { url, connections: 20, seconds: 1, perSecond: 10, body: '{}' },
    (statusCode, latencyMs) => answers.push({ statusCode, latencyMs }),
  )
  server.close()

  // The first request is due 900 ms before the last one, which lets all of them be answered.
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(202))
  expect(Math.max(...answers.map(({ latencyMs }) => latencyMs))).toBeGreaterThanOrEqual(890)
})
