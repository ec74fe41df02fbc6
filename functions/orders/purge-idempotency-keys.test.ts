import { expect, it, jest } from '@jest/globals'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const forgetOldKeys = jest.fn<typeof import('./idempotency-store.ts').forgetOldKeys>()
jest.unstable_mockModule('./idempotency-store.ts', () => ({ forgetOldKeys }))
const { handler } = await import('./purge-idempotency-keys.ts')

// Which keys go: tests/integration/database/idempotency.test.ts.
it('fails when the database is away, so that its schedule shows it', async () => {
  forgetOldKeys.mockRejectedValue(new Error('connection refused'))

  await expect(handler({}, lambdaContext())).rejects.toThrow('connection refused')
})
