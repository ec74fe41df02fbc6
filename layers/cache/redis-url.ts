import type { Domain } from '@stockroom/database/connection'
import { configuration } from '@stockroom/runtime/configuration'

/** The redis:// URL of a domain's cache; undefined where it is in process. */
export function redisUrl(domain: Domain): string | undefined {
  const { productsRedisUrl, ordersRedisUrl } = configuration()
  return domain === 'products' ? productsRedisUrl : ordersRedisUrl
}
