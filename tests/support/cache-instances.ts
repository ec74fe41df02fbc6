import { jest } from '@jest/globals'
import { nameInEnvironment, type OwnServices } from './own-services.ts'

/** A shop's cached reads in a process of their own, as good as: with their own modules and connections. */
export type CacheInstance = Awaited<ReturnType<typeof startCacheInstance>>

/** Starts one on `services`; whoever starts it ends it with `shutDown`. */
export async function startCacheInstance(services: OwnServices) {
  nameInEnvironment(services)
  jest.resetModules()
  const { configuration } = await import('@stockroom/runtime/configuration')
  configuration() // Reads the environment now; the next instance changes it.
  const catalogue = await import('../../functions/products/catalogue.ts')
  const orders = await import('../../functions/orders/recent-orders.ts')
  const { sharedCache, twoTierCache } = await import('@stockroom/cache/create-cache')
  const { cacheAnswers } = await import('@stockroom/cache/cache-health')
  const { shutDown } = await import('@stockroom/runtime/shutdown')
  return { ...catalogue, ...orders, sharedCache, twoTierCache, cacheAnswers, shutDown }
}
