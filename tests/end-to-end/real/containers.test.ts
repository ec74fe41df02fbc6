import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { queues } from '@stockroom/messaging/topology'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { ownRealServices, type RealServices } from '../../support/real-services.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'
import { ledgerOf } from '../../support/stories.ts'
import { nginxConfiguration, startNginx } from './nginx.ts'

// What the containers of the profile `scaled` execute, without Docker: the commands of Dockerfile and docker-compose.yml,
// with real nginx and its configuration in front.

interface Compose {
  services: Record<
    string,
    { command?: string[]; environment?: Record<string, string>; healthcheck?: { test: string[] } }
  >
}

const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown }
const compose = load(readFileSync('docker-compose.yml', 'utf8')) as Compose
const imageCommand = JSON.parse(/^CMD (\[.+\])$/m.exec(readFileSync('Dockerfile', 'utf8'))?.[1] as string)
// As in the image, PATH leads to the packages' commands: npm sees to that here.
const commandOf = (service: string): string[] => compose.services[service]?.command ?? imageCommand

let services: RealServices
let one: ShopProcess
let other: ShopProcess
let nginx: Awaited<ReturnType<typeof startNginx>>

beforeAll(async () => {
  services = await ownRealServices()
  ;[one, other] = await Promise.all([startApi(), startApi()])
  nginx = await startNginx([one.url, other.url])
})

afterAll(async () => {
  await nginx?.stop('SIGTERM')
  await killShops()
  await services.remove()
})

const startApi = () =>
  ShopProcess.start({
    command: commandOf('api'),
    environment: {
      ...services.environment,
      CONSUMERS: compose.services.api?.environment?.CONSUMERS,
      SLS_LOG_LEVEL: 'warning',
    },
  })

const consumers = {
  command: commandOf('consumers'),
  readyLine: 'Stockroom consumes its queues',
}
const startConsumers = (healthPort: number) =>
  ShopProcess.start({
    ...consumers,
    environment: { ...services.environment, SLS_LOG_LEVEL: 'warning', HEALTH_PORT: String(healthPort) },
  })

/** Orders one piece, and resolves to the status and, where the order was accepted, its id. */
async function orderThroughProxy(productId: number) {
  const answer = await fetch(`${nginx.url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ productId, quantity: 1 }),
  })
  const { id } = (await answer.json()) as { id?: number }
  return { status: answer.status, id }
}

/** The status and the body of what `origin` answers to a path, sent as it stands. */
async function get(origin: string, path: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const [response] = (await once(request({ hostname, port, path }).end(), 'response')) as [IncomingMessage]
  return `${response.statusCode} ${await text(response)}`
}

/** What the health check of the consumers' container ends with, with the port of a process in the place of its own. */
function healthCheck(port: number): Promise<number> {
  const [, program, ...args] = compose.services.consumers?.healthcheck?.test ?? []
  const ofProcess = args.map((arg) => arg.replace('127.0.0.1:3001', `localhost:${port}`))
  return promisify(execFile)(program as string, ofProcess).then(
    () => 0,
    ({ code }) => code,
  )
}

const health = async () =>
  (await (await fetch(`${other.url}/health`)).json()) as { status: string; warnings?: string[] }

/** One story of the same processes: each test goes on with those that the one before has left. */
describe('the shop in parts, behind nginx', () => {
  const healthPort = freePort()
  let consuming: ShopProcess

  it('shows nobody outside what is for Prometheus alone, however the path is written', async () => {
    const paths = ['', '/', '?x=1'].map((end) => `/metrics${end}`)
    paths.push('//metrics', '/%6detrics', '/x/../metrics', '/x\\..\\metrics')

    const inside = await get(one.url, '/metrics')
    const outside = await Promise.all(paths.map(async (path) => (await get(nginx.url, path)).slice(0, 30)))

    expect(inside).toContain('stockroom_http_requests_total')
    expect(outside).toEqual(paths.map(() => expect.stringMatching(/^40[04] [{<]/)))
  })

  it('has connections that idle closed by nginx before the shop does, which would meet a POST on its way', async () => {
    const answer = await fetch(`${one.url}/health/live`)

    const ofShop = Number(/timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '')?.[1])
    const ofProxy = Number(/upstream shop \{[^}]*\bkeepalive_timeout (\d+)s;/.exec(nginxConfiguration())?.[1])
    expect(ofShop - ofProxy).toBeGreaterThanOrEqual(5)
  })

  it('misses its consumers in the health', async () => {
    const { warnings } = await eventually(async () => {
      const answer = await health()
      return answer.status === 'degraded' ? answer : undefined
    })

    expect(warnings).toEqual(
      Object.keys(queues).map((queue) => `Nobody consumes ${queue}: its messages wait.`),
    )
  })

  it('takes orders at each endpoint, settles them in the consumers alone, and loses none when an endpoint stops', async () => {
    const client = new ShopClient(nginx.url)
    const product = await client.createProduct({ qty: 300 })
    const before = await Promise.all(Array.from({ length: 60 }, () => client.order(product.id)))
    const broker = new BrokerClient()
    await broker.connect(services.environment.RABBITMQ_URL)
    await broker.holds('stock-reduction', before.length)
    const { consumerCount } = await broker.channel.checkQueue('stock-reduction')
    await broker.close()

    consuming = await startConsumers(await healthPort)
    const during: { status: number; id?: number }[] = []
    const stopping = pause(150).then(() => one.stop())
    while (during.length < 200) {
      during.push(...(await Promise.all(Array.from({ length: 10 }, () => orderThroughProxy(product.id)))))
      await pause(20)
    }
    const accepted = [...before.map(({ body }) => body.id), ...during.flatMap(({ id }) => id ?? [])]
    await Promise.all(accepted.map((id) => client.settled(id, 25_000)))

    expect(consumerCount).toBe(0)
    expect(nginx.answeredBy(one.url)).toBeGreaterThan(10)
    expect(nginx.answeredBy(other.url)).toBeGreaterThan(10)
    // A POST on a new connection that the kernel had taken, and the closing port not, is answered 503: the proxy doesn't
    // send it twice.
    const refused = during.filter(({ status }) => status !== 202)
    expect(refused.length).toBeLessThan(5)
    expect(refused.filter(({ status }) => status !== 503)).toEqual([])
    expect(await stopping).toBe(0)
    const { initial, final, sold } = await ledgerOf(services.environment.DATABASE_URL, product.id)
    expect([initial - final, sold]).toEqual([accepted.length, accepted.length])
  })

  it('has consumers with a health check and metrics of their own', async () => {
    const port = await healthPort
    await eventually(async () => (await health()).status === 'healthy')
    const whileThere = await healthCheck(port)
    const metrics = await get(`http://localhost:${port}`, '/metrics')
    const code = await consuming.stop()

    expect(consuming.stdout).toContain(`http://localhost:${port}/health`)
    expect([whileThere, code, await healthCheck(port)]).toEqual([0, 0, 1])
    expect(metrics).toContain('stockroom_queue_messages{queue="stock-reduction"} 0')
  })

  it('answers 503 with Retry-After while no endpoint is there, and ends by the signal of its container', async () => {
    const code = await other.stop()

    const answer = await fetch(`${nginx.url}/products`)

    expect(code).toBe(0)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await answer.json()).toMatchObject({ status: 503, title: 'Service Unavailable' })
    expect(await nginx.stop('SIGQUIT')).toBe(0)
  })
})

it('consumers name HEALTH_PORT in one line and end with 1 when it is taken', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, 'localhost', resolve))
  const { port } = holder.address() as { port: number }

  const refused = await ShopProcess.launch({
    ...consumers,
    environment: { ...services.environment, HEALTH_PORT: String(port) },
  })
  const code = await refused.exit(30_000)
  holder.close()

  expect([code, refused.stderr.trimEnd()]).toEqual([
    1,
    expect.stringMatching(new RegExp(`^HEALTH_PORT ${port} .*in use[^\\n]*$`)),
  ])
})
