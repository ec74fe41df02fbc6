import type { Scenario } from '../scenario.ts'
import { caches } from './caches.ts'
import { locks } from './locks.ts'
import { messages } from './messages.ts'
import { networks } from './networks.ts'
import { outages } from './outages.ts'
import { restores } from './restores.ts'
import { shops } from './shops.ts'

/** Every scenario, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  ...networks,
  ...shops,
  ...caches,
  ...locks,
  ...messages,
  ...outages,
  ...restores,
]
