import { setImmediate as turn } from 'node:timers/promises'
import type middy from '@middy/core'
import { processPolicy } from './process-policy.ts'

/**
 * Middleware that lets a process which stood still hear first what has happened to its connections meanwhile: a
 * service ends one that is silent for long, and the handler would otherwise use it once more. None elsewhere than on
 * Lambda.
 */
export const thaw = (): middy.MiddlewareObj[] =>
  processPolicy().listensBeforeWork
    ? [
        {
          // One turn of the event loop reads what has arrived, another one tells those who listen for the end.
          before: async function hearOfEnds() {
            await turn()
            await turn()
          },
        },
      ]
    : []
