import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'

type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'httpVersion'> & {
  socket: { remoteAddress?: string }
}

/** A request as an HTTP API hands it to a function, payload format 2.0. */
export function httpApiEvent(request: Request, body: string, now = new Date()): APIGatewayProxyEventV2 {
  const { method = 'GET', url = '/', headers } = request
  const [rawPath = '/', rawQueryString = ''] = url.split('?', 2)
  return {
    version: '2.0',
    routeKey: `${method} ${rawPath}`,
    rawPath,
    rawQueryString,
    headers: joined(headers),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'bench',
      domainName: headers.host ?? '',
      domainPrefix: 'bench',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: `${method} ${rawPath}`,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(rawQueryString && { queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)) }),
    ...(body && { body }),
    isBase64Encoded: false,
  }
}

/** An HTTP API joins what came several times with commas. */
function joined(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
