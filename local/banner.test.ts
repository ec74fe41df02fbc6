import { describe, expect, it } from '@jest/globals'
import { banner } from './banner.ts'
import { localSettings } from './settings/settings.ts'

/** The commands that the banner of a shop with these variables gives, each with its body. */
function commandsIn(environment: Record<string, string>): string[] {
  const facts = { settings: localSettings(environment), databaseDirectory: '.stockroom', environment }
  const lines = banner(facts)
    .split('\n')
    .map((line) => line.trim())
  return lines.filter((line) => line.startsWith('curl ')).map((line) => line.replace(/ -H .* -d /, ' '))
}

const database = { DATABASE_URL: 'postgres://shop@db/shop' }

describe('what the banner says to try', () => {
  it('orders one of the sample products of an embedded database', () => {
    expect(commandsIn({})).toEqual([
      'curl http://localhost:3000/products',
      'curl http://localhost:3000/orders \'{"productId": 1, "quantity": 2}\'',
      'curl http://localhost:3000/orders/1',
    ])
  })

  it('creates a product in a real one, of which nothing is known, unless that wants a key', () => {
    const listing = 'curl http://localhost:3000/products'

    expect(commandsIn(database)).toEqual([`${listing} '{"name": "Mug", "price": 12.5, "qty": 10}'`, listing])
    expect(commandsIn({ ...database, ADMIN_API_KEY: 'secret' })).toEqual([listing])
  })
})

it('names the Redis of each domain, by its host alone', () => {
  const environment = {
    PRODUCTS_REDIS_URL: 'redis://:secret@one:6379',
    ORDERS_REDIS_URL: 'redis://:secret@other:6379',
  }

  const text = banner({ settings: localSettings(environment), databaseDirectory: '.stockroom', environment })

  expect(text).toMatch(/^ +cache +Redis at one:6379 and other:6379$/m)
})
