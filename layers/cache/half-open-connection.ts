import type { Redis } from 'ioredis'

/**
 * Gives a connection up for another one when the failure of a command was silence: a half-open connection would cost every
 * caller the whole command time-out. What Redis refuses, such as a channel without permission, it refuses again.
 */
export function reconnectAfterSilence(redis: Redis, error: unknown): void {
  if (error instanceof Error && error.message === 'Command timed out') redis.disconnect(true)
}
