import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ownRealServices, type RealServices } from '../../support/real-services.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'
import { itServesItsClients } from '../../support/shop-scenario.ts'

let services: RealServices
let shop: ShopProcess
let client: ShopClient

beforeAll(async () => {
  services = await ownRealServices()
  shop = await ShopProcess.start({ environment: services.environment })
  client = new ShopClient(shop.url)
})

afterAll(async () => {
  await killShops()
  await services?.remove()
})

describe('npm start on PostgreSQL, Redis and RabbitMQ', () => {
  it('says so, and shows no password', () => {
    expect(shop.stdout).toMatch(/database +PostgreSQL at /)
    expect(shop.stdout).toMatch(/cache +Redis at /)
    expect(shop.stdout).toMatch(/broker +RabbitMQ at /)
    expect(shop.stdout).not.toContain(new URL(services.environment.RABBITMQ_URL).password)
    expect(shop.stderr).toBe('')
  })

  it('adds no sample products to a database that is not its own', async () => {
    expect((await client.get('/products')).body).toEqual([])
  })

  itServesItsClients(() => client)
})
