import { setTimeout as pause } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { auditBreaches } from './checks/audit.ts'
import { breaches, lostOrders, oversoldPieces } from './checks/judge.ts'
import { storedOrders, storedProducts, untilSettled } from './checks/shop-books.ts'
import { staleProducts } from './checks/shown-stock.ts'
import { send } from './load/client.ts'
import { HealthWatch } from './load/health-watch.ts'
import { Load } from './load/load.ts'
import type { Result } from './result.ts'
import { type Scenario, Stage } from './scenario.ts'

const warmUpMs = 2000
const afterwardsMs = 2500
const defaultSettleSeconds = 20

/** One sells out within seconds, the others don't. */
const stocks = [250, 1_000_000, 1_000_000, 1_000_000]

/** Plays one scenario under load and judges it. Never throws: what goes wrong is a breach. */
export async function runScenario(bench: Bench, scenario: Scenario): Promise<Result> {
  const begin = performance.now()
  const breach = (error: unknown) => [error instanceof Error ? error.message : String(error)]
  try {
    await prepareShops(bench, scenario)
    const stage = await openStage(bench, scenario)
    const { failures, recoverySeconds } = await play(scenario, stage)
    const result = await judge(scenario, stage)
    const verified = await Promise.resolve(scenario.verify?.(stage)).then(() => [], breach)
    const all = [...failures, ...result.breaches, ...verified]
    return { ...result, recoverySeconds, breaches: all, seconds: (performance.now() - begin) / 1000 }
  } catch (error) {
    return { scenario, breaches: breach(error), seconds: (performance.now() - begin) / 1000 }
  }
}

/** The usual shop goes on from scenario to scenario; one with settings of its own is started for it. */
async function prepareShops({ shops: [first, second] }: Bench, scenario: Scenario): Promise<void> {
  if (first.isRunning && first.settings !== JSON.stringify(scenario.settings ?? {})) await first.kill()
  if (!first.isRunning) await first.start(scenario.settings)
  if (scenario.instances === 2) await second.start(scenario.settings)
  else await second.kill()
}

async function openStage(bench: Bench, { perSecond = 120, instances = 1 }: Scenario): Promise<Stage> {
  const shopUrls = bench.shops.slice(0, instances).map(({ url }) => url)
  const productIds: number[] = []
  for (const qty of stocks) {
    const { status, body } = await send('POST', `${shopUrls[0]}/products`, {
      body: { name: 'Lamp', price: 9.9, qty },
    })
    if (status !== 201) throw new Error(`POST /products answered ${status}`)
    productIds.push((body as { id: number }).id)
  }
  const load = new Load({ shopUrls, productIds, perSecond })
  return new Stage(bench, load, new HealthWatch(shopUrls[0] as string), productIds)
}

async function play(
  scenario: Scenario,
  stage: Stage,
): Promise<{ failures: string[]; recoverySeconds: number | undefined }> {
  const { load, health, bench } = stage
  const settleMs = (scenario.settleSeconds ?? defaultSettleSeconds) * 1000
  const failures: string[] = []
  let recoverySeconds: number | undefined
  load.start()
  health.start()
  try {
    await pause(warmUpMs)
    await scenario.inject(stage)
    const healed = performance.now()
    const left = await recover(stage, settleMs)
    recoverySeconds = left === 0 ? (performance.now() - healed) / 1000 : undefined
    if (left > 0) failures.push(`${left} orders are pending ${settleMs / 1000} s after the end of the fault`)
    await pause(Math.max(0, afterwardsMs - (performance.now() - healed)))
  } catch (error) {
    failures.push((error as Error).message)
  } finally {
    await Promise.all([load.stop(), health.stop()])
  }
  if (failures.length === 0) await untilSettled(bench.urls.DATABASE_URL, settleMs)
  const [shop] = bench.shops
  if (!shop.isRunning) failures.push(`the shop has ended by itself:\n${shop.lastWords}`)
  return { failures, recoverySeconds }
}

/** Waits until the shop is healthy and has settled what it had accepted; resolves to how many it hasn't. */
async function recover({ health, bench }: Stage, settleMs: number): Promise<number> {
  const [left] = await Promise.all([
    untilSettled(bench.urls.DATABASE_URL, settleMs),
    health.untilHealthy(settleMs),
  ])
  return left
}

async function judge(scenario: Scenario, stage: Stage): Promise<Omit<Result, 'seconds'>> {
  const { bench, load, productIds } = stage
  const url = bench.urls.DATABASE_URL
  const found = {
    orders: await storedOrders(url, productIds),
    products: await storedProducts(url, productIds),
  }
  return {
    scenario,
    book: load.book,
    settled: found.orders.filter(({ status }) => status !== 'pending').length,
    lost: lostOrders(stage, found).length,
    oversold: oversoldPieces(found),
    breaches: [
      ...breaches(scenario, stage, found),
      ...(await staleProducts(bench, found.products, scenario.needs.includes('cache'))),
      ...(await auditBreaches(bench)),
    ],
  }
}
