import type { FunctionDefinition, Service } from '../serverless/serverless.ts'

// What Serverless deploys a function with that sets none.
const DEFAULT_SECONDS = 6
/** https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export const LONGEST_SECONDS = 14 * 60

/** The time that one invocation of a function may take: its own, the provider's or the default, at most 14 minutes. */
export function timeoutSecondsOf(
  { timeout }: FunctionDefinition,
  provider: Service['provider'] | undefined,
): number {
  return Math.min(Number(timeout ?? provider?.timeout ?? DEFAULT_SECONDS), LONGEST_SECONDS)
}
