import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const adminApiKeys: string[] = []
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({
  configuration: () => ({ adminApiKeys }),
}))
const { handler } = await import('./authorize-admin.ts')

const ask = (...identitySource: string[]) =>
  handler({ identitySource } as unknown as APIGatewayRequestAuthorizerEventV2, lambdaContext())

beforeEach(() => {
  adminApiKeys.splice(0, Number.POSITIVE_INFINITY, 'old-key', 'new-key')
})

describe('the authorizer of the routes for admins', () => {
  it.each(['old-key', 'new-key'])('lets each of several keys in: %s', async (key) => {
    expect(await ask(key)).toEqual({ isAuthorized: true })
  })

  it.each(['', 'old', 'old-key2', 'OLD-KEY', 'old-key,new-key', 'ключ'])('keeps out "%s"', async (key) => {
    expect(await ask(key)).toEqual({ isAuthorized: false })
  })

  it('keeps out who brings no key', async () => {
    expect(await ask()).toEqual({ isAuthorized: false })
  })

  it.each(['', 'old-key'])('keeps everybody out while no key is configured: "%s"', async (key) => {
    adminApiKeys.splice(0)

    expect(await ask(key)).toEqual({ isAuthorized: false })
  })
})
