import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import type { Liveness } from './health.ts'
import { operationRoutes } from './operation-routes.ts'

const alive: Liveness = { status: 'alive' }

/** Asks no service: who starts a process again that doesn't answer here mustn't do so because a database is away. */
export const handler = endpoint(operationRoutes.getLiveness, async () => json(200, alive))
