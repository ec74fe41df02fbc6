import type { Scenario } from '../scenario.ts'
import { crashes } from './crashes.ts'
import { instances } from './instances.ts'
import { kills } from './kills.ts'
import { locks } from './locks.ts'
import { messages } from './messages.ts'
import { networks } from './networks.ts'
import { outages } from './outages.ts'

/** Every scenario, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  ...kills,
  ...networks,
  ...crashes,
  ...locks,
  ...messages,
  ...instances,
  ...outages,
]
