import { randomUUID } from 'node:crypto'

/** What serverless.yml says of a function. */
export interface FunctionDefinition {
  name: string
  handler: string
  /** Seconds. */
  timeout?: number
  /** Megabytes. */
  memorySize?: number
}

const defaults = { timeout: 6, memorySize: 1024 }

/**
 * The context of one invocation, as far as there is one on a laptop:
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export function invocationContext(definition: FunctionDefinition, clientContext: unknown) {
  const { name, timeout, memorySize } = { ...defaults, ...definition }
  const endsAt = performance.now() + timeout * 1000
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: true,
    clientContext,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${name}`,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    memoryLimitInMB: String(memorySize),
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(endsAt - performance.now())),
  }
}
