import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { log } from '@stockroom/runtime/logger'

const restartPauseMs = 1000

/** Whether this process is one that {@link startWorkers} has started. */
export const isWorker = (): boolean => cluster.isWorker

/**
 * Runs the command of this process in `count` processes more, which share its port
 * (https://nodejs.org/api/cluster.html). One that ends by itself is replaced. Resolves when all of them listen there.
 *
 * @returns a function that tells them to stop, and resolves when they have ended
 * @throws Error when one ends before it listens; it has said itself why
 */
export async function startWorkers(count: number): Promise<() => Promise<void>> {
  const workers = Array.from({ length: count }, () => cluster.fork())
  await Promise.all(workers.map((worker) => untilListening(worker)))

  let stopped = false
  const replace = async (worker: Worker, code: number) => {
    if (stopped) return
    log.error({ pid: worker.process.pid, code }, 'a worker has ended; another one takes its place')
    await pause(restartPauseMs)
    if (!stopped) cluster.fork()
  }
  cluster.on('exit', replace)

  return async () => {
    stopped = true
    cluster.off('exit', replace)
    await Promise.all(Object.values(cluster.workers ?? {}).map((worker) => end(worker as Worker)))
  }
}

async function untilListening(worker: Worker): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    worker.once('exit', (code) => reject(new Error(`A worker has ended (${code}) before it listened.`)))
    worker.once('listening', () => resolve())
  })
}

async function end(worker: Worker): Promise<void> {
  if (worker.isDead()) return
  const ended = once(worker, 'exit')
  worker.process.kill('SIGTERM')
  await ended
}
