import { killShops } from '../../tests/support/shop-process.ts'
import { BenchServices } from './own-services.ts'

/**
 * Does `work` on services of the benchmark's own; afterwards, also when it fails or is interrupted, stops every process
 * that was started and removes what was made. Resolves to the exit code; an error is told in one line.
 */
export async function withOwnServices(work: (services: BenchServices) => Promise<void>): Promise<number> {
  let services: BenchServices | undefined
  let isInterrupted = false
  const end = async () => {
    await killShops()
    await services?.remove()
  }
  const interrupt = async () => {
    // npm passes Ctrl-C on to a process that has it already.
    if (isInterrupted) return
    isInterrupted = true
    await end().finally(() => process.exit(130))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt)
  try {
    services = await BenchServices.find()
    await work(services)
    return 0
  } catch (error) {
    if (!isInterrupted) process.stderr.write(`${(error as Error).message}\n`)
    return 1
  } finally {
    if (!isInterrupted) await end()
  }
}
