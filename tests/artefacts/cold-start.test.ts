import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { DeployedShop } from './deployed-shop.ts'
import { readTemplate } from './runtime/lambda-environment.ts'
import { functionKeys } from './runtime/template.ts'
import { prepareSamples } from './sample-events.ts'

/**
 * Machines differ in speed by more than functions do in weight, so a function is weighed against another on the same
 * machine: the one that has nearly nothing to initialise. `npm run bench:cold-start` has the milliseconds.
 */
const leanest = 'getDocs'
const timesTheLeanest = 5
const attempts = 5

let shop: DeployedShop
let sampleEvents: Record<string, object>

beforeAll(async () => {
  shop = await DeployedShop.start()
  sampleEvents = await prepareSamples(shop)
})
afterAll(() => shop?.stop())

it.each(functionKeys(readTemplate()))('%s is initialised and does its work', async (key) => {
  const environment = await shop.startFunction(key)
  const { outcome } = await environment.invoke(sampleEvents[key])
  environment.stop()

  const { statusCode = 200 } = Object('payload' in outcome && outcome.payload)
  expect(outcome).not.toHaveProperty('error')
  expect(statusCode).toBeLessThan(500)
})

it.each(functionKeys(readTemplate()))(
  `initialising %s, secrets included, takes at most ${timesTheLeanest} times the processor's time of ${leanest}`,
  async (key) => {
    const ratios: number[] = []
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const ratio = (await initCpuMs(key)) / (await initCpuMs(leanest))
      ratios.push(ratio)
      if (ratio <= timesTheLeanest) break
    }

    expect(Math.min(...ratios)).toBeLessThanOrEqual(timesTheLeanest)
  },
)

async function initCpuMs(key: string): Promise<number> {
  const environment = await shop.startFunction(key)
  environment.stop()
  return environment.initCpuMs
}
