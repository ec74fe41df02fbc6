import { openChannel } from '@stockroom/messaging/broker-connection'
import { queues } from '@stockroom/messaging/topology'
import { shutDown } from '@stockroom/runtime/shutdown'
import { loadEnvironment } from './environment-file.ts'

/**
 * Says which queues nobody consumes, and resolves to the exit code: 0 when all of them have a consumer. Consumers have
 * no port to ask; the broker knows of them.
 */
export async function main(print: (line: string) => void): Promise<number> {
  try {
    loadEnvironment()
    const channel = await openChannel()
    const idle: string[] = []
    for (const queue of Object.keys(queues)) {
      if ((await channel.checkQueue(queue)).consumerCount === 0) idle.push(queue)
    }
    for (const queue of idle) print(`Nobody consumes ${queue}.`)
    return idle.length === 0 ? 0 : 1
  } catch (error) {
    print((error as Error).message)
    return 1
  } finally {
    await shutDown()
  }
}

if (import.meta.main) process.exitCode = await main((line) => process.stdout.write(`${line}\n`))
