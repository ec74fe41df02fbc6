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
const { findProduct, tombstone, writeThrough, warmProducts } = await import('./catalogue.ts')

const time = '2026-11-21T10:00:00.000Z'
const stored = (id: number, version = 1) => ({
  product: { id, name: `Lamp ${id}`, price: 1, qty: 1, createdAt: time, updatedAt: time },
  version,
})

beforeEach(() => {
  tier = new LocalTier()
  findProducts.mockReset().mockResolvedValue([])
})

describe('the catalogue', () => {
  it('reads a product from the database the first time, and from the cache the second', async () => {
    findProducts.mockResolvedValue([stored(7)])

    const first = await findProduct(7)
    const second = await findProduct(7)

    expect(first).toMatchObject({ value: stored(7).product, hit: false })
    expect(second).toMatchObject({ value: stored(7).product, hit: true })
    expect(findProducts.mock.calls).toEqual([[[7]]])
  })

  it('asks again for a product that does not exist, as it may be made at any moment', async () => {
    const first = await findProduct(7)
    const second = await findProduct(7)

    expect([first, second]).toMatchObject([
      { value: null, hit: false },
      { value: null, hit: false },
    ])
    expect(findProducts).toHaveBeenCalledTimes(2)
  })

  it('keeps products under keys that people can read', async () => {
    await writeThrough([stored(7, 3)])

    expect(tier.read('product:7')).toEqual({ version: 3, database: 'ours', value: stored(7).product })
  })

  it('shows changed products without asking the database', async () => {
    await writeThrough([stored(7), stored(8)])

    expect(await findProduct(7)).toMatchObject({ value: stored(7).product, hit: true })
    expect(await findProduct(8)).toMatchObject({ value: stored(8).product, hit: true })
    expect(findProducts).not.toHaveBeenCalled()
  })

  it.each([
    ['of another product', { ...stored(8).product }],
    ['without a member that products have now', { ...stored(7).product, updatedAt: undefined }],
    ['with a price in words', { ...stored(7).product, price: 'a penny' }],
    ['that is a text', 'Lamp 7'],
    ['that is a list', [stored(7).product]],
  ])('reads a product from the database when the copy is one %s', async (_, value) => {
    tier.write('product:7', { version: 1, database: 'ours', value })
    findProducts.mockResolvedValue([stored(7)])

    expect(await findProduct(7)).toMatchObject({ value: stored(7).product, hit: false })
  })

  it('hides a removed product for good: its last version does not come back', async () => {
    await tombstone(7, 3)
    await writeThrough([stored(7, 3)])

    expect(await findProduct(7)).toMatchObject({ value: null, hit: true })
  })
})

describe('warming the catalogue', () => {
  it('reads all products at once and says which exist and which are missing, each once', async () => {
    findProducts.mockResolvedValue([stored(9), stored(7)])

    const warmth = await warmProducts([7, 8, 9, 7, 8])

    expect(warmth).toEqual({ warmed: [7, 9], missing: [8] })
    expect(findProducts.mock.calls).toEqual([[[7, 8, 9]]])
  })

  it('takes the products that are missing out of the cache', async () => {
    await writeThrough([stored(8)])

    await warmProducts([8])

    expect(await findProduct(8)).toMatchObject({ value: null, hit: false })
  })

  it('puts the products that exist into the cache', async () => {
    findProducts.mockResolvedValue([stored(7)])

    await warmProducts([7, 8])

    expect(await findProduct(7)).toMatchObject({ value: stored(7).product, hit: true })
  })
})
