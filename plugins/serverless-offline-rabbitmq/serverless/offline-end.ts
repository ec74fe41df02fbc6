import type { Serverless } from './serverless.ts'

type ServerlessOffline = { end(skipExit?: boolean): Promise<void> }

/**
 * Makes serverless-offline await `drain` before it ends.
 *
 * `serverless offline` has no hook for that: it calls its own `end` after the signal and exits the process.
 */
export function drainBeforeOfflineEnds({ pluginManager }: Serverless, drain: () => Promise<void>): void {
  const offline = pluginManager.plugins.find(isServerlessOffline)
  if (!offline) return
  const end = offline.end.bind(offline)
  offline.end = async (skipExit) => {
    await drain()
    await end(skipExit)
  }
}

function isServerlessOffline(plugin: object): plugin is ServerlessOffline {
  return plugin.constructor.name === 'ServerlessOffline'
}
