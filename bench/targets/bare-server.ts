import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { shutDown } from '@stockroom/runtime/shutdown'
import type { Context } from 'aws-lambda'
import { handler } from '../../functions/orders/create-order.ts'
import { httpApiEvent } from './http-api-event.ts'

const context = { functionName: 'createOrder', getRemainingTimeInMillis: () => 10_000 } as Context

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { statusCode, headers, body } = await handler(httpApiEvent(request, await bodyOf(request)), context)
  response.writeHead(statusCode, headers).end(body)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error))
})
server.listen(Number(process.env.HTTP_PORT), process.env.HTTP_HOST, () => {
  process.stdout.write('The bare server is ready. Ctrl-C stops it.\n')
})
process.once('SIGTERM', async () => {
  server.close()
  server.closeAllConnections()
  await shutDown()
  process.exit(0)
})
