import type { RouteTable } from '@stockroom/http/route'
import Type from 'typebox'
import { ChosenLetters, DeadLetters, DealtLetters } from './dead-letter.ts'
import { Health, Liveness } from './health.ts'
import { Overview } from './overview.ts'
import { WarmedUp, WarmUp } from './warm-up.ts'

const page = Type.String()

export const operationRoutes: RouteTable = {
  tag: {
    name: 'Operations',
    description:
      'For those who run the shop, and for those who build on it. A local shop also has `GET /metrics`, for Prometheus.',
  },
  schemas: { Liveness, Health, Overview, DeadLetters, ChosenLetters, DealtLetters, WarmUp, WarmedUp },
  routes: {
    getHome: {
      route: 'GET /',
      summary: 'Find the way',
      description: 'A page with links to what a browser can look at.',
      answers: { 200: { description: 'The page.', schema: page, mediaTypes: ['text/html; charset=utf-8'] } },
      isConditional: true,
    },
    getLiveness: {
      route: 'GET /health/live',
      summary: 'Ask whether the process answers',
      description:
        'Asks no service: whoever starts processes again asks here, and whoever sends them requests asks `/health`.',
      answers: { 200: { description: 'The process answers.', schema: Liveness } },
    },
    getHealth: {
      route: 'GET /health',
      summary: 'Check the health of the shop',
      description:
        '`degraded` while cache or broker is down, or while nobody consumes a queue, which `warnings` names then: the shop still answers. `unhealthy` without the database.',
      answers: {
        200: { description: 'The shop is healthy or degraded.', schema: Health },
        503: { description: 'The shop is unhealthy.', schema: Health, headers: ['retry-after'] },
      },
    },
    warmCache: {
      route: 'POST /admin/cache/warmup',
      summary: 'Warm the cache up',
      description:
        'Reads products from the database into the cache, so that the first customers needn’t wait.',
      body: WarmUp,
      answers: { 200: { description: 'Which products are in the cache now.', schema: WarmedUp } },
      refusals: ['service-unavailable'],
      isForAdmins: true,
    },
    getOverview: {
      route: 'GET /admin/overview',
      summary: 'See how the shop lives',
      description:
        'What the page at `/console` shows: how the shop is, its orders of the last five minutes, what sells, and what waits. What can’t be read at this moment is null. It may be asked every second.',
      answers: { 200: { description: 'The shop at this moment.', schema: Overview } },
      isForAdmins: true,
    },
    listDeadLetters: {
      route: 'GET /admin/dead-letters',
      summary: 'Look at the dead letters',
      description: 'The messages that no consumer could handle, oldest first. They stay where they are.',
      answers: { 200: { description: 'The messages.', schema: DeadLetters } },
      refusals: ['service-unavailable'],
      isForAdmins: true,
    },
    redriveDeadLetters: {
      route: 'POST /admin/dead-letters/redrive',
      summary: 'Put dead letters back into their queue',
      description: 'Their consumer gets them as if for the first time.',
      body: ChosenLetters,
      answers: { 200: { description: 'What became of them.', schema: DealtLetters } },
      refusals: ['service-unavailable'],
      isForAdmins: true,
    },
    discardDeadLetters: {
      route: 'POST /admin/dead-letters/discard',
      summary: 'Put dead letters away for good',
      description: 'An order that such a message told of is announced again while it is pending.',
      body: ChosenLetters,
      answers: { 200: { description: 'What became of them.', schema: DealtLetters } },
      refusals: ['service-unavailable'],
      isForAdmins: true,
    },
    getOpenapi: {
      route: 'GET /openapi.json',
      summary: 'Get this document',
      description: 'The OpenAPI 3.1 document of the shop, made from the schemas that validate its requests.',
      answers: {
        200: { description: 'The document.', schema: Type.Object({}, { additionalProperties: true }) },
      },
      isConditional: true,
    },
    getDocs: {
      route: 'GET /docs',
      summary: 'Read and try the API in a browser',
      description:
        'A page that shows this document and sends requests. All that it needs comes from the shop.',
      answers: { 200: { description: 'The page.', schema: page, mediaTypes: ['text/html; charset=utf-8'] } },
      isConditional: true,
    },
    getDocsFile: {
      route: 'GET /docs/{file}',
      summary: 'Get a script or a style of the page',
      description: 'What the page at `/docs` loads.',
      path: {
        file: { description: 'The name of the file.', schema: Type.String(), example: 'swagger-ui.css' },
      },
      answers: {
        200: {
          description: 'The file.',
          schema: page,
          mediaTypes: ['text/javascript; charset=utf-8', 'text/css; charset=utf-8'],
        },
      },
      refusals: ['route-not-found'],
      isConditional: true,
    },
    getConsole: {
      route: 'GET /console',
      summary: 'Watch and run the shop in a browser',
      description:
        'A page that shows `/admin/overview` every second, sells a product out before one’s eyes, and does what an operator does. All that it needs comes from the shop.',
      answers: { 200: { description: 'The page.', schema: page, mediaTypes: ['text/html; charset=utf-8'] } },
      isConditional: true,
    },
    getConsoleFile: {
      route: 'GET /console/{file}',
      summary: 'Get a script or a style of the console',
      description: 'What the page at `/console` loads.',
      path: { file: { description: 'The name of the file.', schema: Type.String(), example: 'console.css' } },
      answers: {
        200: {
          description: 'The file.',
          schema: page,
          mediaTypes: ['text/javascript; charset=utf-8', 'text/css; charset=utf-8'],
        },
      },
      refusals: ['route-not-found'],
      isConditional: true,
    },
  },
}
