import { beforeAll, expect, it } from '@jest/globals'
import { fill, products as ordered } from '../../../bench/size/fill.ts'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices()
const orders = 1010

beforeAll(() => fill(own.databaseUrl, orders))

it('the tables that the size benchmark fills are those of a shop that keeps its promises', async () => {
  const reconciliation = await reconcile()

  expect(reconciliation).toMatchObject({
    orders: { confirmed: orders, pending: 0, rejected: 0 },
    violations: [],
  })
})

it('the orders that the size benchmark fills in are spread evenly over its products', async () => {
  const { products } = await reconcile()

  const sold = products.filter(({ id }) => id <= ordered).map(({ sold }) => sold)
  expect(sold.sort()).toEqual([...Array(10).fill(50), ...Array(10).fill(51)])
})
