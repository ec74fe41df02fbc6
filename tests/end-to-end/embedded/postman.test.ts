import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runCollection } from '../../support/postman-collection.ts'
import { killShops, ownDataDirectory, ShopProcess } from '../../support/shop-process.ts'

let shop: ShopProcess
let data: Awaited<ReturnType<typeof ownDataDirectory>>

beforeAll(async () => {
  data = await ownDataDirectory()
  shop = await ShopProcess.start({ environment: { STOCKROOM_DATA_DIR: data.path } })
})

afterAll(async () => {
  await killShops()
  await data.remove()
})

it('the Postman collection is green on a bare machine', async () => {
  const { code, output } = await runCollection(shop.url)

  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' })
  expect(output).toContain('Order two')
}, 90_000)
