import { createRequire } from 'node:module'
import type { DestinationStream } from 'pino'

/** Fields that stand on a line of their own nowhere: time, level, function and message begin the line. */
const options = {
  sync: true,
  singleLine: true,
  translateTime: 'SYS:HH:MM:ss.l',
  ignore: 'function',
  messageFormat: '{if function}{function}: {end}{msg}',
}

/**
 * A log that people can read, where standard output is a terminal; undefined elsewhere, and where the package for it
 * is not installed, as on Lambda.
 */
export function terminal(): DestinationStream | undefined {
  if (!process.stdout.isTTY) return undefined
  try {
    return createRequire(import.meta.url)('pino-pretty')(options)
  } catch {
    return undefined
  }
}
