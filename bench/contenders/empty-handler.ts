import type { Contender } from './contender.ts'
import { startProcess } from './process.ts'

/** A Middy handler that does nothing, behind serverless-offline as it was installed. */
export const emptyHandler: Contender = {
  name: 'empty handler',
  description:
    'a Middy handler that does nothing, in process in serverless-offline as installed: its own ceiling',
  enter: () => enter('serverless.yml'),
}

/** The same with the shop's remembering of handlers. */
export const rememberedEmptyHandler: Contender = {
  name: 'empty handler, remembered',
  description: 'the same, with the handlers remembered as the shop does (`local/remember-handlers.ts`)',
  enter: () => enter('remembered.yml'),
}

async function enter(configuration: string) {
  const script = `cd bench/contenders/empty-handler && exec serverless offline start --config ${configuration}`
  const url = await startProcess({
    command: ['sh', '-c', script],
    environment: { SLS_LOG_LEVEL: 'warning' },
    isReady: 'when it answers',
  })
  return { url: `${url}/orders` }
}
