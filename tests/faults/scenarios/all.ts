import type { Scenario } from '../scenario.ts'
import { alarms } from './alarms.ts'
import { caches } from './caches.ts'
import { cancellationsUnderLoad } from './cancellations.ts'
import { crashes } from './crashes.ts'
import { instances } from './instances.ts'
import { kills } from './kills.ts'
import { locks } from './locks.ts'
import { messages } from './messages.ts'
import { networks } from './networks.ts'
import { outages } from './outages.ts'
import { restores } from './restores.ts'

/** Every scenario, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  ...kills,
  ...networks,
  ...alarms,
  ...crashes,
  ...caches,
  ...locks,
  ...messages,
  ...instances,
  ...cancellationsUnderLoad,
  ...outages,
  ...restores,
]
