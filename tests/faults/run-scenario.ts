import { setTimeout as pause } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { judge } from './checks/judge.ts'
import { untilSettled } from './checks/shop-books.ts'
import { send } from './load/client.ts'
import { watchHealth } from './load/health-watch.ts'
import { Load } from './load/load.ts'
import type { Result } from './result.ts'
import { type Scenario, type Stage, stageOf } from './scenario.ts'

const warmUpMs = 2000
const afterwardsMs = 2500
const defaultSettleSeconds = 20

/** One sells out within seconds, the others don't. */
const stocks = [250, 1_000_000, 1_000_000, 1_000_000]

/** Plays one scenario under load and judges it. Never throws: what goes wrong is a violation. */
export async function runScenario(bench: Bench, scenario: Scenario): Promise<Result> {
  const violation = (error: unknown) => [error instanceof Error ? error.message : String(error)]
  try {
    await prepareShops(bench, scenario)
    const stage = await openStage(bench, scenario)
    const { failures, recoverySeconds } = await play(scenario, stage)
    const verdict = await judge(scenario, stage)
    const verified = await verify(scenario, stage).then(() => [], violation)
    const violations = [...failures, ...verdict.violations, ...verified]
    return { ...verdict, scenario, book: stage.load.book, recoverySeconds, violations }
  } catch (error) {
    return { scenario, violations: violation(error) }
  }
}

/** The usual shop goes on from scenario to scenario; one with settings of its own is started for it. */
async function prepareShops({ shops: [first, second] }: Bench, scenario: Scenario): Promise<void> {
  const { settings = {} } = scenario
  if (!first.has(settings)) await first.kill()
  if (!first.isRunning) await first.start(settings)
  if (scenario.instances === 2) await second.start(settings)
  else await second.kill()
}

async function openStage(bench: Bench, { perSecond = 120, instances = 1 }: Scenario): Promise<Stage> {
  const shopUrls = bench.shops.slice(0, instances).map(({ url }) => url)
  const productIds: number[] = []
  for (const qty of stocks) {
    const product = { name: 'Lamp', price: 9.9, qty }
    const { status, body } = await send('POST', `${shopUrls[0]}/products`, { body: product })
    if (status !== 201) throw new Error(`POST /products answered ${status}`)
    productIds.push((body as { id: number }).id)
  }
  const load = new Load({ shopUrls, productIds, perSecond })
  return stageOf(bench, load, watchHealth(shopUrls[0] as string), productIds)
}

async function play(scenario: Scenario, stage: Stage) {
  const { load, health, bench, urls } = stage
  const settleMs = (scenario.settleSeconds ?? defaultSettleSeconds) * 1000
  const failures: string[] = []
  let recoverySeconds: number | undefined
  load.start()
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
  if (failures.length === 0) await untilSettled(urls.DATABASE_URL, settleMs)
  const [shop] = bench.shops
  if (!shop.isRunning) failures.push(`the shop has ended by itself:\n${shop.lastWords}`)
  return { failures, recoverySeconds }
}

async function verify(scenario: Scenario, stage: Stage): Promise<void> {
  for (const check of stage.checks) await check()
  await scenario.verify?.(stage)
}

/** Waits until the shop is healthy and has settled what it had accepted; resolves to how many it hasn't. */
async function recover({ health, urls }: Stage, settleMs: number): Promise<number> {
  const [left] = await Promise.all([untilSettled(urls.DATABASE_URL, settleMs), health.untilHealthy(settleMs)])
  return left
}
