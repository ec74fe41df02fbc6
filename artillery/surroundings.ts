import { shutDown } from '@stockroom/runtime/shutdown'
import { prepareDatabase } from '../commands/audit/audit.ts'
import { requireServices, withoutCache } from '../local/settings/reachability.ts'
import { type LocalSettings, localSettings } from '../local/settings/settings.ts'
import { findPrograms } from './sampling/find-programs.ts'
import type { Roots } from './sampling/process-groups.ts'
import type { LoadSettings } from './settings.ts'
import { type Shop, startShop, useShop } from './shop.ts'

/** What a run needs around it. */
export interface Surroundings {
  local: LocalSettings
  shop: Shop
  /** The processes of shop and services that run on this machine. */
  programs: Roots
  /** Closes our connections and stops what the run has started. */
  leave(): Promise<void>
}

/** A shop that the run starts gets a folder of its own, so that a developer's data stays as it is. */
const ownDataDirectory = '.stockroom/load'

/**
 * Uses or starts the shop, and makes its database ready for looking at.
 * @throws Error in one line when one of them can't be used
 */
export async function enterSurroundings(settings: LoadSettings, log: string): Promise<Surroundings> {
  if (!settings.target) process.env.STOCKROOM_DATA_DIR ||= ownDataDirectory
  const local = localSettings(process.env)
  const shop = settings.target ? await useShop(settings.target) : await startShop(local, log)
  const leaveTasks = [shop.stop]
  const leave = async () => {
    await shutDown()
    for (const task of leaveTasks.toReversed()) await task()
  }
  try {
    // What follows is ours alone: the shop has its own limit for statements.
    process.env.DATABASE_TIMEOUT_MS = '600000'
    leaveTasks.push(await prepareDatabase(local))
    await requireServices({ ...process.env, ...withoutCache })
    return { local, shop, programs: findPrograms(urlsOf(shop)), leave }
  } catch (error) {
    await leave()
    throw error
  }
}

function urlsOf(shop: Shop) {
  const { DATABASE_URL, ORDERS_DATABASE_URL, REDIS_URL, PRODUCTS_REDIS_URL, RABBITMQ_URL } = process.env
  return {
    shop: shop.url,
    PostgreSQL: ORDERS_DATABASE_URL || DATABASE_URL,
    Redis: PRODUCTS_REDIS_URL || REDIS_URL,
    RabbitMQ: RABBITMQ_URL,
  }
}
