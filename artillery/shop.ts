import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { LocalSettings } from '../local/settings/settings.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const startWithinMs = 60_000

/** A shop that the run loads. */
export interface Shop {
  url: string
  /** @throws Error in one line when the run has started it and it has ended since */
  requireRunning(): void
  /** Ends it when the run has started it, and resolves when it is gone. */
  stop(): Promise<void>
}

/**
 * Uses the running shop at `target`.
 * @throws Error in one line when it doesn't say that it is healthy
 */
export async function useShop(target: string): Promise<Shop> {
  const health = await healthOf(target)
  if (health !== 200)
    throw new Error(`LOAD_TARGET ${target} is no healthy shop: GET /health gives ${health ?? 'no answer'}.`)
  return { url: target, requireRunning() {}, async stop() {} }
}

/**
 * Starts a shop with `npm start`, its output in the file `log`, and resolves when it is healthy.
 * @throws Error with the shop's own words when it ends instead, such as one line about a port that is in use
 */
export async function startShop(settings: LocalSettings, log: string): Promise<Shop> {
  const output = openSync(log, 'w')
  const child = spawn('npm', ['start', '--silent'], {
    cwd: repository,
    env: { ...process.env, STOCKROOM_DATA_DIR: settings.dataDirectory },
    stdio: ['ignore', output, output],
  })
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const shop = {
    url: `http://${/^(0\.0\.0\.0|::)$/.test(settings.host) ? 'localhost' : settings.host}:${settings.httpPort}`,
    requireRunning() {
      if (hasEnded()) throw new Error(`The shop has ended during the load; ${log} may say why.`)
    },
    async stop() {
      if (hasEnded()) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
  process.once('exit', () => child.kill('SIGTERM'))
  const deadline = performance.now() + startWithinMs
  while ((await healthOf(shop.url)) !== 200) {
    if (hasEnded()) throw new Error(await lastWords(log))
    if (performance.now() > deadline) {
      await shop.stop()
      throw new Error(`The shop is not healthy after ${startWithinMs / 1000} s: ${log} says why.`)
    }
    await pause(100)
  }
  return shop
}

async function healthOf(url: string): Promise<number | undefined> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.status
}

async function lastWords(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8')).trim().split('\n')
  return `The shop did not start: ${lines.at(-1) || `nothing in ${log}`}`
}
