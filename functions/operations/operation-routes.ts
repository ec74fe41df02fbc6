import type { Routes } from '@stockroom/http/route'
import { Health, Liveness } from './health.ts'
import { Overview } from './overview.ts'
import { WarmedUp, WarmUp } from './warm-up.ts'

export const operationRoutes = {
  getLiveness: {
    route: 'GET /health/live',
    summary: 'Ask whether the process responds',
    description:
      'Asks no service: whoever starts processes again asks here, and whoever sends them requests asks `/health`.',
    responses: { 200: { description: 'The process responds.', schema: Liveness } },
  },
  getHealth: {
    route: 'GET /health',
    summary: 'Check the health of the shop',
    description:
      '`degraded` while cache or broker is down, or while nobody consumes a queue, which `warnings` names then: the shop still responds. `unhealthy` without the database.',
    responses: {
      200: { description: 'The shop is healthy or degraded.', schema: Health },
      503: { description: 'The shop is unhealthy.', schema: Health, headers: ['retry-after'] },
    },
  },
  warmCache: {
    route: 'POST /admin/cache/warmup',
    summary: 'Warm the cache up',
    description: 'Reads products from the database into the cache, so that the first customers needn’t wait.',
    body: WarmUp,
    responses: { 200: { description: 'Which products are in the cache now.', schema: WarmedUp } },
    errors: ['service-unavailable'],
    isForAdmins: true,
  },
  getOverview: {
    route: 'GET /admin/overview',
    summary: 'See how the shop lives',
    description:
      'What the page at `/console` shows: how the shop is, its orders of the last five minutes, what sells, and what waits. What can’t be read at this moment is null. It may be asked every second.',
    responses: { 200: { description: 'The shop at this moment.', schema: Overview } },
    isForAdmins: true,
  },
} satisfies Routes
