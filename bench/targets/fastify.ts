import { fastifyBooks, sameJobBooks } from './books.ts'
import { startProcess } from './process.ts'
import type { Target } from './target.ts'

const queue = 'orders'

/** Does a third of the shop's work. */
export const fastifyService: Target = {
  name: 'Fastify',
  description:
    'a conventional service: one `INSERT` and one awaited, confirmed publish per request; its consumer only acknowledges',
  async enter(services) {
    const environment = await services.own('fastify')
    // Ten connections served more than twenty or forty, and are the default of pg and of the shop.
    const { url, pid } = await startProcess({
      command: ['node', 'bench/targets/fastify-service.ts'],
      environment: { ...environment, DATABASE_POOL_SIZE: '10', QUEUE: queue },
    })
    return { url: `${url}/orders`, pids: [pid], books: await fastifyBooks(environment, queue) }
  },
}

/** Whose orders have to settle, as the shop's have. */
export const fastifySameJob: Target = {
  name: 'Fastify, the same job',
  description:
    'the same job as one writes it: the product out of a cache, one `INSERT`, one awaited, confirmed publish; a consumer that takes each message alone, in one transaction, and publishes the outcome; another that sets the status; the same durability and queue type, prefetch 20',
  async enter(services) {
    const environment = await services.own('same_job')
    const { url, pid } = await startProcess({
      command: ['node', 'bench/targets/fastify-same-job.ts'],
      environment: { ...environment, DATABASE_POOL_SIZE: '10' },
    })
    return { url: `${url}/orders`, pids: [pid], books: await sameJobBooks(environment) }
  },
}
