import { runSql } from '../../tests/support/test-database.ts'
import type { BenchServices, OwnEnvironment } from '../services/own-services.ts'
import { shopBooks } from './books.ts'
import { startProcess } from './process.ts'
import type { Entrant, Target } from './target.ts'

/** The shop as `npm start` starts it. */
export const oneProcess: Target = {
  name: 'shop',
  description: '`npm start`: endpoints and consumers through serverless-offline, in one process',
  enter: (services) => enterShop(services, 'shop', {}),
}

/** The shop with several processes behind its port. */
export const severalProcesses: Target = {
  name: 'shop, 2 workers',
  description: '`WORKERS=2 npm start`: the same port served by two processes, the consumers in a third',
  enter: (services) => enterShop(services, 'workers', { WORKERS: '2' }),
}

/** The shop's own handler without the emulation of API Gateway and Lambda. */
export const bareServer: Target = {
  name: 'bare server',
  description: "create-order's handler behind `node:http`, without any emulation, beside `npm run consumers`",
  async enter(services) {
    const environment = await services.own('bare')
    const consumers = await startProcess({ command: ['npm', 'run', '--silent', 'consumers'], environment })
    await addProduct(environment)
    const server = await startProcess({ command: ['node', 'bench/targets/bare-server.ts'], environment })
    return {
      url: `${server.url}/orders`,
      pids: [server.pid, consumers.pid],
      books: await shopBooks(environment),
    }
  },
}

async function enterShop(
  services: BenchServices,
  name: string,
  settings: Record<string, string>,
): Promise<Entrant> {
  const environment = await services.own(name)
  const { url, pid } = await startProcess({
    command: ['npm', 'start', '--silent'],
    environment: { ...environment, ...settings },
  })
  await addProduct(environment)
  return { url: `${url}/orders`, pids: [pid], books: await shopBooks(environment) }
}

/** Product 1, with more stock than any run sells. */
export async function addProduct({ DATABASE_URL }: OwnEnvironment): Promise<void> {
  await runSql(
    DATABASE_URL,
    `with product as (
       insert into products.products (name, price, qty) values ('Mug', 12.5, 1000000000) returning id, qty
     )
     insert into products.stock_movements (product_id, change, kind) select id, qty, 'initial' from product`,
  )
}
