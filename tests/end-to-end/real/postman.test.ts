import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runCollection } from '../../support/postman-collection.ts'
import { ownRealServices, type RealServices } from '../../support/real-services.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'

let services: RealServices
let shop: ShopProcess

beforeAll(async () => {
  services = await ownRealServices()
  shop = await ShopProcess.start({
    environment: { ...services.environment, ADMIN_API_KEY: 'old-key,new-key' },
  })
})

afterAll(async () => {
  await killShops()
  await services?.remove()
})

it('the Postman collection is green on real services, with an admin key', async () => {
  const { code, output } = await runCollection(shop.url, 'new-key')

  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' })
  expect(output).toContain('Order two')
}, 90_000)

it('the Postman collection is red where the admin key is wrong', async () => {
  const { code, output } = await runCollection(shop.url, 'no-key')

  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('403 Forbidden') })
}, 90_000)
