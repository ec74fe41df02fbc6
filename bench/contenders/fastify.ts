import { fastifyBooks } from './books.ts'
import type { Contender } from './contender.ts'
import { startProcess } from './process.ts'

const queue = 'orders'

/** What the others are compared with. */
export const fastifyService: Contender = {
  name: 'Fastify',
  description:
    'a conventional service: one `INSERT` and one awaited, confirmed publish per request; its consumer only acknowledges',
  async enter(services) {
    const environment = await services.own('fastify')
    // Ten connections served more than twenty or forty, and are the default of pg and of the shop.
    const url = await startProcess({
      command: ['node', 'bench/contenders/fastify-service.ts'],
      environment: { ...environment, DATABASE_POOL_SIZE: '10', QUEUE: queue },
    })
    return { url: `${url}/orders`, books: await fastifyBooks(environment, queue) }
  },
}
