import { type ChildProcess, execFile, type StdioOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { queues } from '@stockroom/messaging/topology'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { ownRealServices, type RealServices } from '../../support/real-services.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'
import { ledgerOf } from '../../support/stories.ts'
import { pathOf } from '../../support/tools.ts'

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
let folder: string
let proxy: ChildProcess | undefined

beforeEach(async () => {
  services = await ownRealServices()
  folder = mkdtempSync(join(tmpdir(), 'stockroom-proxy-'))
})

afterEach(async () => {
  await stopProxy()
  await killShops()
  await services.remove()
  rmSync(folder, { recursive: true })
})

/** By the signal on which nginx ends its workers, which would outlive it. */
async function stopProxy(): Promise<void> {
  if (proxy?.exitCode === null) {
    const ended = once(proxy, 'exit')
    proxy.kill('SIGTERM')
    await ended
  }
  proxy = undefined
}

const startApi = () =>
  ShopProcess.start({
    command: commandOf('api'),
    environment: {
      ...services.environment,
      CONSUMERS: compose.services.api?.environment?.CONSUMERS,
      SLS_LOG_LEVEL: 'warning',
    },
  })

const startConsumers = (environment: Record<string, string> = {}) =>
  ShopProcess.start({
    command: commandOf('consumers'),
    environment: { ...services.environment, SLS_LOG_LEVEL: 'warning', ...environment },
    readyLine: 'Stockroom consumes its queues',
  })

const proxyConfiguration = () => readFileSync('deploy/containers/nginx.conf', 'utf8')

/** The configuration of the container, with the addresses of processes in the place of the service's name. */
async function configureProxy(urls: string[]): Promise<{ file: string; url: string }> {
  const port = await freePort()
  const servers = urls
    .map((url) => new URL(url).port)
    .map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=2s;`)
  const configuration = proxyConfiguration()
    .replace(/server api:3000 [^;]+;/, servers.join(' '))
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replaceAll('/tmp/', `${folder}/`)
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configuration)
  return { file, url: `http://127.0.0.1:${port}` }
}

async function startProxy(urls: string[]): Promise<string> {
  const { file, url } = await configureProxy(urls)
  const log = openSync(proxyLog(), 'a')
  const options: StdioOptions = ['ignore', log, log]
  const { status } = spawnSync(pathOf('nginx'), ['-t', '-q', '-p', folder, '-c', file], { stdio: options })
  expect({ status, log: readFileSync(proxyLog(), 'utf8') }).toEqual({ status: 0, log: '' })
  proxy = spawn(pathOf('nginx'), ['-p', folder, '-c', file, '-g', 'daemon off;'], { stdio: options })
  const isUp = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await eventually(isUp, 10_000)
  return url
}

/** nginx opens /dev/stdout, which works for a file, as for a container's output, but not for a socket, as Node makes. */
const proxyLog = () => join(folder, 'proxy.log')

/** Orders one piece, and resolves to the status and, where the order was accepted, its id. */
async function orderThrough(proxy: string, productId: number) {
  const answer = await fetch(`${proxy}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ productId, quantity: 1 }),
  })
  const { id } = (await answer.json()) as { id?: number }
  return { status: answer.status, id }
}

/** How many requests the process at `url` has answered, as the proxy's log has it. */
function answeredBy(url: string): number {
  const address = `127.0.0.1:${new URL(url).port} `
  return readFileSync(proxyLog(), 'utf8')
    .split('\n')
    .filter((line) => line.includes(address)).length
}

describe('the shop in parts, behind nginx', () => {
  it('takes orders at each endpoint, settles them in the consumers alone, and loses none when an endpoint stops', async () => {
    const [one, other] = await Promise.all([startApi(), startApi()])
    const url = await startProxy([one.url, other.url])
    const client = new ShopClient(url)
    const product = await client.createProduct({ qty: 300 })
    const before = await Promise.all(Array.from({ length: 60 }, () => client.order(product.id)))
    const broker = new BrokerClient()
    await broker.connect(services.environment.RABBITMQ_URL)
    await eventually(async () => (await broker.count('stock-reduction')) === before.length)
    const { consumerCount } = await broker.channel.checkQueue('stock-reduction')
    await broker.close()

    const consumers = await startConsumers()
    const during: { status: number; id?: number }[] = []
    const stopping = pause(150).then(() => one.stop())
    while (during.length < 200) {
      during.push(...(await Promise.all(Array.from({ length: 10 }, () => orderThrough(url, product.id)))))
      await pause(20)
    }
    const accepted = [...before.map(({ body }) => body.id), ...during.flatMap(({ id }) => id ?? [])]
    await Promise.all(accepted.map((id) => client.settled(id, 25_000)))

    expect(consumerCount).toBe(0)
    expect(answeredBy(one.url)).toBeGreaterThan(10)
    expect(answeredBy(other.url)).toBeGreaterThan(10)
    // A POST on a new connection that the kernel had taken, and the closing port not, is answered 503: the proxy doesn't
    // send it twice.
    const refused = during.filter(({ status }) => status !== 202)
    expect(refused.length).toBeLessThan(5)
    expect(refused.filter(({ status }) => status !== 503)).toEqual([])
    expect(await stopping).toBe(0)
    const { initial, final, sold } = await ledgerOf(services.environment.DATABASE_URL, product.id)
    expect([initial - final, sold]).toEqual([accepted.length, accepted.length])
    expect(await Promise.all([other.stop(), consumers.stop()])).toEqual([0, 0])
  })

  it('answers 503 with Retry-After while no endpoint is there, and ends by the signal of its container', async () => {
    const api = await startApi()
    const url = await startProxy([api.url])
    await api.stop()

    const answer = await fetch(`${url}/products`)

    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await answer.json()).toMatchObject({ status: 503, title: 'Service Unavailable' })
    const ended = new Promise((resolve) => proxy?.once('exit', resolve))
    proxy?.kill('SIGQUIT')
    expect(await ended).toBe(0)
  })
})

describe('nginx before the shop', () => {
  it('shows nobody outside what is for Prometheus alone, however the path is written', async () => {
    const api = await startApi()
    const url = await startProxy([api.url])
    const paths = [
      '/metrics',
      '/metrics/',
      '//metrics',
      '/%6detrics',
      '/x/../metrics',
      '/x\\..\\metrics',
      '/metrics?x=1',
    ]

    const inside = await get(api.url, '/metrics')
    const outside = await Promise.all(paths.map(async (path) => (await get(url, path)).slice(0, 30)))

    expect(inside).toContain('stockroom_http_requests_total')
    expect(outside).toEqual(paths.map(() => expect.stringMatching(/^40[04] [{<]/)))
  })

  it('closes a connection that idles before the shop does, which would meet a POST on its way', async () => {
    const api = await startApi()

    const answer = await fetch(`${api.url}/health/live`)

    const ofShop = Number(/timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '')?.[1])
    const ofProxy = Number(/upstream shop \{[^}]*\bkeepalive_timeout (\d+)s;/.exec(proxyConfiguration())?.[1])
    expect(ofShop - ofProxy).toBeGreaterThanOrEqual(5)
  })
})

/** The status and the body of what `origin` answers to a path, sent as it stands. */
async function get(origin: string, path: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const [response] = (await once(request({ hostname, port, path }).end(), 'response')) as [IncomingMessage]
  return `${response.statusCode} ${await text(response)}`
}

describe('the consumers in a container of their own', () => {
  /** Executes the health check of the container, with the port of a process in the place of the container's. */
  const check = (port: number) => {
    const [, program, ...args] = compose.services.consumers?.healthcheck?.test ?? []
    const ofProcess = args.map((arg) => arg.replace('127.0.0.1:3001', `localhost:${port}`))
    return promisify(execFile)(program as string, ofProcess).then(
      () => 0,
      ({ code }) => code,
    )
  }

  it('are missed by the health of the shop, and have a health check and metrics of their own', async () => {
    const api = await startApi()
    const health = async () =>
      (await (await fetch(`${api.url}/health`)).json()) as { status: string; warnings?: string[] }
    const missed = await eventually(async () => {
      const answer = await health()
      return answer.status === 'degraded' ? answer : undefined
    }, 30_000)

    const port = await freePort()
    const consumers = await startConsumers({ HEALTH_PORT: String(port) })
    const whileThere = await check(port)
    await eventually(async () => (await health()).status === 'healthy', 30_000)
    const metrics = await (await fetch(`http://localhost:${port}/metrics`)).text()
    await consumers.stop()

    expect(missed.warnings).toEqual(
      Object.keys(queues).map((queue) => `Nobody consumes ${queue}: its messages wait.`),
    )
    expect(consumers.stdout).toContain(`http://localhost:${port}/health`)
    expect([whileThere, await check(port)]).toEqual([0, 1])
    expect(metrics).toContain('stockroom_queue_messages{queue="stock-reduction"} 0')
  })

  it('name HEALTH_PORT in one line and end with 1 when it is taken', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, 'localhost', resolve))
    const { port } = holder.address() as { port: number }

    const consumers = await ShopProcess.launch({
      command: commandOf('consumers'),
      environment: { ...services.environment, HEALTH_PORT: String(port) },
    })
    const code = await consumers.exit(30_000)
    holder.close()

    expect([code, consumers.stderr.trimEnd()]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^HEALTH_PORT ${port} .*in use[^\\n]*$`)),
    ])
  })
})
