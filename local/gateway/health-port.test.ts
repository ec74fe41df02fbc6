import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { freePort } from '../../bench/processes/free-port.ts'
import type { RunFunction } from '../functions/scheduler.ts'
import { openHealthPort } from './health-port.ts'

process.env.LOG_LEVEL = 'silent'
const run = jest.fn<RunFunction>()
let port: number

beforeEach(async () => {
  run.mockReset().mockImplementation(async (functionKey) => ({
    statusCode: functionKey === 'answerUnknownRoute' ? 404 : 200,
    headers: { 'content-type': 'text/plain', 'x-request-id': 'r1' },
    body: functionKey,
  }))
  port = await openHealthPort({ host: '127.0.0.1', port: await freePort() }, run)
})

const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { connection: 'close' } })
  return { status: answer.status, requestId: answer.headers.get('x-request-id'), body: await answer.text() }
}

describe('the health port', () => {
  it.each([
    ['/health/live', 'getLiveness'],
    ['/health', 'getHealth'],
    ['/metrics?all', 'getMetrics'],
  ])('answers GET %s as %s does', async (path, functionKey) => {
    expect(await ask(path)).toEqual({ status: 200, requestId: 'r1', body: functionKey })
    expect(run.mock.calls[0]?.[1]).toMatchObject({
      routeKey: `GET ${path.split('?')[0]}`,
      headers: { host: `127.0.0.1:${port}` },
    })
  })

  it('answers HEAD without the body', async () => {
    expect(await ask('/health', { method: 'HEAD' })).toEqual({ status: 200, requestId: 'r1', body: '' })
  })

  it.each([
    ['GET', '//'],
    ['POST', '/health'],
  ])('has no other route: %s %s', async (method, path) => {
    expect((await ask(path, { method })).status).toBe(404)
  })

  it('answers 500 for a function that fails, and goes on', async () => {
    run.mockRejectedValueOnce(new Error('no'))

    expect([(await ask('/health')).status, (await ask('/health')).status]).toEqual([500, 200])
  })

  it('takes any free port where none is given and the usual one is taken', async () => {
    const first = await openHealthPort({ host: '127.0.0.1', port: undefined }, run)
    const second = await openHealthPort({ host: '127.0.0.1', port: undefined }, run)

    expect(second).not.toBe(first)
  })

  it('takes no other port than the one that is given', async () => {
    await expect(openHealthPort({ host: '127.0.0.1', port }, run)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })
})
