import type { Contender } from './contender.ts'
import { startProcess } from './process.ts'

/** A Middy handler that does nothing, behind serverless-offline as it was installed. */
export const emptyHandler: Contender = {
  name: 'empty handler',
  description:
    'a Middy handler that does nothing, in process in serverless-offline as installed: its own ceiling',
  enter: () => enter('serverless.yml'),
}

/** The same with its function kept warm, as the shop does. */
export const warmEmptyHandler: Contender = {
  name: 'empty handler, warm',
  description: 'the same, called as the shop calls its functions (`local/functions/warm-functions.ts`)',
  enter: () => enter('warm.yml'),
}

async function enter(configuration: string) {
  const script = `cd bench/contenders/empty-handler && exec serverless offline start --config ${configuration}`
  const { url, pid } = await startProcess({
    command: ['sh', '-c', script],
    environment: { SLS_LOG_LEVEL: 'warning' },
    isReady: 'when it answers',
  })
  return { url: `${url}/orders`, pids: [pid] }
}
