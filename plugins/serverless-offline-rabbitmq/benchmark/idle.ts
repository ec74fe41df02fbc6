import { cpuPercentSince, withQueues } from './poller-bench.ts'

/** Polls two empty queues and resolves with the per cent of one core that it takes. */
export function measureIdle({ url, seconds }: { url: string; seconds: number }): Promise<number> {
  return withQueues(url, 2, async ({ emulator }) => {
    const poller = emulator(100, () => {})
    await poller.start()
    await sleep(1000)
    const begun = { at: performance.now(), cpu: process.cpuUsage() }
    await sleep(seconds * 1000)
    const percent = cpuPercentSince(begun)
    await poller.stop()
    return percent
  })
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
