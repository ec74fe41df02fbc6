import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpResponse } from '@stockroom/http/response'
import { log } from '@stockroom/runtime/logger'
import type { RunFunction } from '../functions/scheduler.ts'
import { listenBeside } from './loopback.ts'

const usualPort = 3001
const functionKeys: Record<string, string> = {
  '/health/live': 'getLiveness',
  '/health': 'getHealth',
  '/metrics': 'getMetrics',
}

/**
 * Answers `GET /health/live`, `GET /health` and `GET /metrics` for a process that serves no other HTTP, with the shop's own
 * functions: at `port`, or, where none is given, at 3001 or any free one. Resolves to the port.
 *
 * @throws Error of Node when a given port is taken
 */
export async function openHealthPort(
  { host, port }: { host: string; port: number | undefined },
  run: RunFunction,
): Promise<number> {
  const server = createServer((request, response) => answer(request, response, run))
  server.unref() // it answers for a process that others keep alive
  const listen = async (at: number) => {
    server.listen(at, host)
    await once(server, 'listening')
  }
  await listen(port ?? usualPort).catch((error) => {
    if (port !== undefined || error.code !== 'EADDRINUSE') throw error
    return listen(0)
  })
  if (host === 'localhost') listenBeside(server)
  return (server.address() as AddressInfo).port
}

async function answer(request: IncomingMessage, response: ServerResponse, run: RunFunction): Promise<void> {
  const { method = '', url = '', headers } = request
  const [path = ''] = url.split('?')
  const functionKey = ['GET', 'HEAD'].includes(method) ? functionKeys[path] : undefined
  const event = {
    version: '2.0',
    routeKey: functionKey ? `${method} ${path}` : '$default',
    rawPath: path,
    headers,
    requestContext: { http: { method, path } },
  }
  try {
    const answered = (await run(functionKey ?? 'answerUnknownRoute', event)) as HttpResponse
    response.writeHead(answered.statusCode, answered.headers).end(answered.body)
  } catch (error) {
    log.error({ err: error }, `${path} failed`)
    response.writeHead(500).end()
  }
}
