import { expect, it, jest } from '@jest/globals'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const forgetOldKeys = jest.fn<typeof import('./idempotency-store.ts').forgetOldKeys>()
jest.unstable_mockModule('./idempotency-store.ts', () => ({ forgetOldKeys }))
const { handler } = await import('./purge-idempotency-keys.ts')

const run = () => handler({}, lambdaContext())

it('forgets old keys and says how many', async () => {
  forgetOldKeys.mockResolvedValueOnce(3).mockResolvedValue(0)

  expect(await run()).toEqual({ purged: 3 })
})

it('fails when the database is away, so that its schedule shows it', async () => {
  forgetOldKeys.mockRejectedValue(new Error('connection refused'))

  await expect(run()).rejects.toThrow('connection refused')
})
