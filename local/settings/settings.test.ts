import { describe, expect, it } from '@jest/globals'
import { localSettings } from './settings.ts'

describe.each([
  ['DATABASE_URL', 'database'],
  ['REDIS_URL', 'cache'],
] as const)('a part that %s, or one of each domain, backs', (shared, part) => {
  const url = 'service://somewhere'
  const isEmbedded = (environment: Record<string, string>) => localSettings(environment).embedded[part]

  it('is embedded without any', () => {
    expect(isEmbedded({ [`PRODUCTS_${shared}`]: '', [`ORDERS_${shared}`]: '' })).toBe(true)
  })

  it.each([
    ['the shared one', [shared]],
    ['one for each domain', [`PRODUCTS_${shared}`, `ORDERS_${shared}`]],
    ['the shared one beside one for a domain', [shared, `ORDERS_${shared}`]],
  ])('is real with %s', (_, variables) => {
    expect(isEmbedded(Object.fromEntries(variables.map((variable) => [variable, url])))).toBe(false)
  })

  it.each([
    ['PRODUCTS', 'ORDERS'],
    ['ORDERS', 'PRODUCTS'],
  ])('is refused with the one of %s alone', (given, missing) => {
    expect(() => isEmbedded({ [`${given}_${shared}`]: url })).toThrow(
      `${missing}_${shared} is not set; set it as well, or ${shared} for both domains.`,
    )
  })
})
