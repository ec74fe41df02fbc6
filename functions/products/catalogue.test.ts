import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Cache } from '@stockroom/cache/cache'
import { LocalTier } from '@stockroom/cache/local-tier'

let tier: LocalTier
const findProducts = jest.fn<typeof import('./product-store.ts').findProducts>()
jest.unstable_mockModule('./product-store.ts', () => ({ findProducts }))
jest.unstable_mockModule('@stockroom/database/identity', () => ({ databaseIdentity: async () => 'ours' }))
jest.unstable_mockModule('@stockroom/cache/create-cache', () => ({
  twoTierCache: (source: object) => new Cache({ ...source, tiers: () => [tier] } as never),
}))
const { exampleProduct } = await import('./product.ts')
const { findProduct, warmProducts } = await import('./catalogue.ts')

const stored = (id: number) => ({ product: { ...exampleProduct, id }, version: 1 })

beforeEach(() => {
  tier = new LocalTier()
  findProducts.mockReset().mockResolvedValue([])
})

describe('the catalogue', () => {
  it.each([
    ['of another product', stored(8).product],
    ['without a member that products have now', { ...stored(7).product, updatedAt: undefined }],
    ['with a price in words', { ...stored(7).product, price: 'a penny' }],
    ['that is a text', 'Lamp 7'],
    ['that is a list', [stored(7).product]],
  ])('reads a product from the database when the copy is one %s', async (_, value) => {
    tier.write('product:7', { version: 1, database: 'ours', value })
    findProducts.mockResolvedValue([stored(7)])

    expect(await findProduct(7)).toMatchObject({ value: stored(7).product, hit: false })
  })
})

describe('warming the catalogue', () => {
  it('reads all products at once and says which exist and which are missing, each once', async () => {
    findProducts.mockResolvedValue([stored(9), stored(7)])

    const warmth = await warmProducts([7, 8, 9, 7, 8])

    expect(warmth).toEqual({ warmed: [7, 9], missing: [8] })
    expect(findProducts.mock.calls).toEqual([[[7, 8, 9]]])
  })
})
