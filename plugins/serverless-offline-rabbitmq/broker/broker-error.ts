import { messageOf } from '../log.ts'

type Place = { address: string; virtualHost: string; queue?: string }

// AMQP 0-9-1: access-refused and not-found.
const REFUSALS: unknown[] = [403, 404]

/** Says in one line what the broker refused and what to do about it. */
export function describeBrokerError(error: unknown, { address, virtualHost, queue }: Place): string {
  if (isLoginRefused(error)) {
    return `RabbitMQ at ${address} refused the user name or the password: correct them in the broker URL.`
  }
  if (isVirtualHostRefused(error)) {
    return `RabbitMQ at ${address} has no virtual host "${virtualHost}" that this user may open: create it or grant access.`
  }
  if (queue !== undefined && codeOf(error) === 404) {
    return `RabbitMQ at ${address} has no queue "${queue}" in virtual host "${virtualHost}": declare it before polling starts.`
  }
  if (queue !== undefined) return `Queue "${queue}" on ${address} can't be consumed: ${messageOf(error)}`
  return `RabbitMQ at ${address} can't be reached (${reasonOf(error)}): start it or correct the broker URL.`
}

/**
 * What Lambda would have done where the emulator tries again: an error that it can't recover from stops the mapping, with a
 * code in its `StateTransitionReason`. Undefined for what passes.
 *
 * AWS names four codes and doesn't say which one a missing queue or virtual host has, or whether they count.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-mq-errors.html
 */
export function stopOnAws(error: unknown): string | undefined {
  if (isLoginRefused(error)) return 'AWS would stop this mapping: EVENT_SOURCE_AUTHN_ERROR'
  const isRefused = isVirtualHostRefused(error) || REFUSALS.includes(codeOf(error))
  return isRefused ? "AWS would stop this mapping where it can't recover from that" : undefined
}

/** No further attempt mends wrong credentials. */
export function isLoginRefused(error: unknown): boolean {
  return /ACCESS.REFUSED.*Login was refused/i.test(messageOf(error))
}

// amqplib doesn't pass on the reason when the broker closes a connection instead of opening the virtual host.
function isVirtualHostRefused(error: unknown): boolean {
  return /Expected ConnectionOpenOk|NOT_ALLOWED/.test(messageOf(error))
}

function reasonOf(error: unknown): string {
  return codeOf(error) === undefined ? messageOf(error) : String(codeOf(error))
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
