import { anotherInstance } from './another-instance.ts'
import type { OwnServices } from './own-services.ts'

/** A shop's cached reads in a process of their own, as good as. */
export type CacheInstance = Awaited<ReturnType<typeof startCacheInstance>>

/** Starts one on `services`; whoever starts it ends it with `shutDown`. */
export const startCacheInstance = (services: OwnServices) =>
  anotherInstance(services, async () => ({
    ...(await import('../../functions/products/catalogue.ts')),
    ...(await import('../../functions/orders/recent-orders.ts')),
    ...(await import('@stockroom/cache/create-cache')),
    ...(await import('@stockroom/cache/cache-health')),
  }))
