import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { DeployedShop } from './deployed-shop.ts'
import { readTemplate } from './runtime/lambda-environment.ts'
import { functionKeys } from './runtime/template.ts'
import { sampleEvents } from './sample-events.ts'

/** In time of a processor: other suites, and other programs, run beside this one. `npm run bench:cold-start` has a clock. */
const initBudgetMs = 350
const attempts = 5

let shop: DeployedShop

beforeAll(async () => {
  shop = await DeployedShop.start()
  await shop.invoke('migrate', sampleEvents.migrate)
  await shop.invoke('createProduct', sampleEvents.createProduct)
})
afterAll(() => shop?.stop())

it.each(functionKeys(readTemplate()))(
  `%s is initialised within ${initBudgetMs} ms of a processor, secrets included, and then does its work`,
  async (key) => {
    const inits: number[] = []
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const environment = await shop.startFunction(key)
      inits.push(environment.initCpuMs)
      if (attempt === 0) {
        const { outcome } = await environment.invoke(sampleEvents[key])
        expect(outcome).not.toHaveProperty('error')
      }
      environment.stop()
      if (environment.initCpuMs <= initBudgetMs) break
    }

    expect(Math.min(...inits)).toBeLessThanOrEqual(initBudgetMs)
  },
)
