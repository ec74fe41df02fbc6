import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const warmProducts = jest.fn<typeof import('../products/catalogue.ts').warmProducts>()
jest.unstable_mockModule('../products/catalogue.ts', () => ({ warmProducts }))
const { handler } = await import('./warm-cache.ts')

const request = { route: 'POST /admin/cache/warmup', json: { productIds: [1, 2, 3] } }

beforeEach(() => {
  warmProducts.mockReset().mockResolvedValue({ warmed: [1, 2], missing: [3] })
})

describe('POST /admin/cache/warmup', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => warmProducts.mockRejectedValueOnce(error),
  })

  it('answers 200 with the products that are warm and those that are missing, of 1,000 at once', async () => {
    const productIds = Array.from({ length: 1000 }, (_, index) => index + 1)

    const answer = await send(handler, { ...request, json: { productIds } })

    expect([answer.statusCode, answer.body]).toEqual([200, { warmed: [1, 2], missing: [3] }])
    expect(warmProducts.mock.calls).toEqual([[productIds]])
  })

  it.each([
    ['/productIds', { productIds: [] }],
    ['/productIds', { productIds: new Array(1001).fill(1) }],
    ['/productIds/1', { productIds: [1, 0] }],
    ['/ids', { productIds: [1], ids: [1] }],
  ])('refuses a wrong %s', async (path, json) => {
    const answer = await send(handler, { json })

    expect(answer.body).toEqual(problem(400, 'validation-failed', [{ path }]))
    expect(warmProducts).not.toHaveBeenCalled()
  })
})
