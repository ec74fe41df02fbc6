import { startProcess } from './process.ts'
import type { Target } from './target.ts'

/** A Middy handler that does nothing, behind serverless-offline as it was installed. */
export const emptyHandler: Target = {
  name: 'empty handler',
  description:
    'a Middy handler that does nothing, in process in serverless-offline as installed: its own ceiling',
  enter: () => enter('serverless.yml'),
}

/** The same with its function kept warm, as the shop does. */
export const warmEmptyHandler: Target = {
  name: 'empty handler, warm',
  description: 'the same, called as the shop calls its functions (`local/functions/warm-functions.ts`)',
  enter: () => enter('warm.yml'),
}

async function enter(configuration: string) {
  const script = `cd bench/targets/empty-handler && exec serverless offline start --config ${configuration}`
  const { url, pid } = await startProcess({
    command: ['sh', '-c', script],
    environment: { SLS_LOG_LEVEL: 'warning' },
    isReady: 'when it answers',
  })
  return { url: `${url}/orders`, pids: [pid] }
}
