import type { Scenario } from '../scenario.ts'
import { kills } from './kills.ts'
import { networks } from './networks.ts'

/** Every scenario, in the order in which they run. */
export const scenarios: readonly Scenario[] = [...kills, ...networks]
