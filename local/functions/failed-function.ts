import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'

/** Says in one line which function can't be loaded, and which file is to blame. */
export class NotLoaded extends Error {
  constructor(handler: string, cause: Error) {
    const said = cause.message.replace(/\nRequire stack.*/s, '').replaceAll(/\s+/g, ' ')
    const place = cause.stack?.match(/[^\s(]+\.ts:\d+:\d+/)?.[0] ?? ''
    super(`${handler} can't be loaded: ${said}${said.includes(place) ? '' : ` (${place})`}`, { cause })
  }
}

/** Whether an event is a request of an HTTP API: not the question to an authorizer, nor anything else. */
export function isRequest(event: unknown): event is APIGatewayProxyEventV2 {
  const { version, routeKey, type } = (event ?? {}) as Record<string, unknown>
  return version === '2.0' && routeKey !== undefined && type === undefined
}

const refuse = endpoint({}, async () => {
  throw new Problem('internal-error', 'The shop could not handle the request. Its output says why.')
})

/**
 * Answers a request whose function threw or can't be loaded, with 500 and as functions answer what fails in them.
 * serverless-offline makes a 200 of it, with the error and its stack.
 */
export const answerFailure = (event: APIGatewayProxyEventV2, context: object) =>
  refuse(event, context as Context)
