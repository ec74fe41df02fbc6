import { pino } from 'pino'
import { currentInvocation } from './invocation.ts'

/**
 * The log of every function: one JSON object a line on standard output, with the request id of the invocation.
 * LOG_LEVEL sets the level (default `info`).
 */
export const log = pino({
  level: process.env.LOG_LEVEL || 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level) => ({ level }) },
  mixin: () => ({ ...currentInvocation() }),
})
