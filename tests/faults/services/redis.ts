import { mkdir } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { Child } from '../../../bench/processes/child.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import type { Server } from './service.ts'

/** Redis on a free port; it keeps nothing on disk, so a killed one comes back empty. */
export async function redisServer(program: string, directory: string): Promise<Server> {
  const port = String(await freePort())
  const url = `redis://127.0.0.1:${port}`
  await mkdir(directory)
  const options = [
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  return {
    url,
    launch: () => new Child([program, ...options], { log: `${directory}.log` }),
    answers: () => ping(url),
  }
}

async function ping(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    return (await redis.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    redis.disconnect()
  }
}
