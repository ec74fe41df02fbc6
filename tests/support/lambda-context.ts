import type { Context } from 'aws-lambda'

/** The context of an invocation. */
export const lambdaContext = (overrides: Partial<Context> = {}): Context => ({
  functionName: 'unit-test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:unit-test',
  logGroupName: '/aws/lambda/unit-test',
  logStreamName: 'unit-test',
  memoryLimitInMB: '512',
  awsRequestId: 'invocation-1',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => 10_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
  ...overrides,
})
