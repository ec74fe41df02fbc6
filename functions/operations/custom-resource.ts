import type middy from '@middy/core'

/** How CloudFormation asks for a resource of a kind of our own. */
export interface CustomResourceEvent {
  RequestType: 'Create' | 'Update' | 'Delete'
  ResponseURL: string
  StackId: string
  RequestId: string
  LogicalResourceId: string
  PhysicalResourceId?: string
}

const answerTimeoutMs = 10_000
/** CloudFormation takes 4096 bytes in all. */
const longestReason = 1000

/**
 * Middleware that lets CloudFormation wait for a function: what the handler throws makes the deployment fail, with the
 * reason. There is nothing to delete, so a deletion ends before the handler. An invocation by anybody else isn't touched.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
 */
export const customResource = (): middy.MiddlewareObj => ({
  before: async function endDeletion({ event }) {
    if (!isCustomResource(event) || event.RequestType !== 'Delete') return undefined
    await answer(event, { Status: 'SUCCESS' })
    return {}
  },
  after: async function tellSuccess({ event }) {
    if (isCustomResource(event)) await answer(event, { Status: 'SUCCESS' })
  },
  onError: async function tellFailure(request) {
    const { event, error } = request
    if (!isCustomResource(event)) return
    await answer(event, { Status: 'FAILED', Reason: String(error?.message).slice(0, longestReason) })
    // CloudFormation knows; thrown, Lambda would invoke the function again.
    request.response = {}
  },
})

const isCustomResource = (event: unknown): event is CustomResourceEvent =>
  typeof event === 'object' && event !== null && 'ResponseURL' in event && 'RequestType' in event

async function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId }: CustomResourceEvent,
  outcome: { Status: 'SUCCESS' | 'FAILED'; Reason?: string },
): Promise<void> {
  const response = await fetch(ResponseURL, {
    method: 'PUT',
    // The URL is signed for a request without one.
    headers: { 'content-type': '' },
    body: JSON.stringify({
      ...outcome,
      StackId,
      RequestId,
      LogicalResourceId,
      PhysicalResourceId: PhysicalResourceId ?? LogicalResourceId,
    }),
    signal: AbortSignal.timeout(answerTimeoutMs),
  })
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`)
}
