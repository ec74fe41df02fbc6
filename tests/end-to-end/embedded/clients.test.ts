import { isIPv6 } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addressesOf } from '../../../local/gateway/loopback.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ownDataDirectory, ShopProcess } from '../../support/shop-process.ts'
import { itServesItsClients } from '../../support/shop-scenario.ts'

let shop: ShopProcess
let client: ShopClient
let data: Awaited<ReturnType<typeof ownDataDirectory>>

beforeAll(async () => {
  data = await ownDataDirectory()
  shop = await ShopProcess.start({ environment: { STOCKROOM_DATA_DIR: data.path } })
  client = new ShopClient(shop.url)
})

afterAll(async () => {
  await killShops()
  await data.remove()
})

describe('npm start on a bare machine', () => {
  it('says where it listens, what backs each part, and what to try', () => {
    expect(shop.stdout).toContain(shop.url)
    expect(shop.stdout).toMatch(/database +PostgreSQL, embedded/)
    expect(shop.stdout).toMatch(/cache +in process/)
    expect(shop.stdout).toMatch(/broker +in process/)
    expect(shop.stdout.match(/curl /g)).toHaveLength(3)
    expect(shop.stderr).toBe('')
  })

  it('answers at every loopback address of the machine', async () => {
    const { port } = new URL(shop.url)
    const hosts = addressesOf('localhost').map((address) => (isIPv6(address) ? `[${address}]` : address))

    const answers = await Promise.all(hosts.map((host) => fetch(`http://${host}:${port}/health/live`)))

    expect(answers.map(({ status }) => status)).toEqual(hosts.map(() => 200))
  })

  it('has a few sample products to begin with', async () => {
    const { body } = await client.get<unknown[]>('/products')

    expect(body.length).toBeGreaterThan(0)
  })

  itServesItsClients(() => client)
})
