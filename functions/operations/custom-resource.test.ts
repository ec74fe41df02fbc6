import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import middy from '@middy/core'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { type CustomResourceEvent, customResource } from './custom-resource.ts'

/** What stands at the signed URL. */
let bucket: Server
let status = 200
const answers: { method?: string; contentType?: string; body: Record<string, unknown> }[] = []

beforeAll(async () => {
  bucket = createServer(async (request, response) => {
    const chunks: Buffer[] = await request.toArray()
    const { method, headers } = request
    answers.push({
      method,
      contentType: headers['content-type'],
      body: JSON.parse(Buffer.concat(chunks).toString()),
    })
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((resolve) => bucket.close(resolve)))

const work = jest.fn<() => Promise<unknown>>()
const handler = middy().use(customResource()).handler(work)

const identity = {
  StackId: 'arn:aws:cloudformation:eu-central-1:000000000000:stack/stockroom-dev/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Migration',
}
/** Asks as CloudFormation does, and resolves to what it hears. */
async function ask(changes: Partial<CustomResourceEvent> = {}) {
  const ResponseURL = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}/signed?signature=x`
  await handler({ RequestType: 'Create', ResponseURL, ...identity, ...changes }, lambdaContext())
  return answers[0]
}

beforeEach(() => {
  answers.length = 0
  status = 200
  work.mockReset().mockResolvedValue({ done: true })
})

describe('a function that is a custom resource', () => {
  it('tells CloudFormation that it has succeeded, as the signed URL wants it', async () => {
    expect(await ask()).toEqual({
      method: 'PUT',
      contentType: '',
      body: { Status: 'SUCCESS', ...identity, PhysicalResourceId: 'Migration' },
    })
  })

  it('keeps the id that the resource has, so that an update replaces nothing', async () => {
    const answer = await ask({ RequestType: 'Update', PhysicalResourceId: 'older' })

    expect(answer?.body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'older' })
  })

  it('tells why it has failed, and is not invoked again for it', async () => {
    work.mockRejectedValue(new Error(`relation "x" exists ${'.'.repeat(5000)}`))

    const answer = await ask()

    expect(answer?.body).toMatchObject({ Status: 'FAILED', ...identity })
    expect(answer?.body.Reason).toMatch(/^relation "x" exists/)
    expect(JSON.stringify(answer?.body).length).toBeLessThan(4096)
  })

  it('does nothing when the resource is deleted', async () => {
    const answer = await ask({ RequestType: 'Delete', PhysicalResourceId: 'Migration' })

    expect(work).not.toHaveBeenCalled()
    expect(answer?.body).toMatchObject({ Status: 'SUCCESS' })
  })

  it('fails when CloudFormation does not take the answer', async () => {
    status = 403

    await expect(ask()).rejects.toThrow('did not take the answer: 403')
  })

  it('answers anybody else by what it returns or throws alone', async () => {
    expect(await handler({}, lambdaContext())).toEqual({ done: true })

    work.mockRejectedValue(new Error('no'))
    await expect(handler({}, lambdaContext())).rejects.toThrow('no')
    expect(answers).toEqual([])
  })
})
