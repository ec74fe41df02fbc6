import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import amqp, { type ChannelModel, type ConfirmChannel, type GetMessage } from 'amqplib'
import { eventually } from '../../bench/processes/eventually.ts'
import { toRmqEvent } from '../../plugins/serverless-offline-rabbitmq/index.ts'
import { type ApiRequest, apiEvent } from '../support/api-event.ts'
import { ownRealServices, type RealServices } from '../support/real-services.ts'
import { LambdaEnvironment, readTemplate } from './runtime/lambda-environment.ts'
import type { Outcome } from './runtime/runtime-api.ts'
import type { Exports, Template } from './runtime/template.ts'
import { type SecretsManager, startSecretsManager } from './services/secrets-manager.ts'
import { postgresTlsFront, type TlsFront, tlsFront } from './services/tls-front.ts'

const arn = (name: string) => `arn:aws:secretsmanager:eu-central-1:000000000000:secret:${name}-AbCdEf`

export const secretArns = {
  database: arn('database'),
  cache: arn('cache'),
  broker: arn('broker'),
  adminKey: arn('admin-key'),
}

export const brokerArn = 'arn:aws:mq:eu-central-1:000000000000:broker:stockroom:b-00000000'

/** What an endpoint answered. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: Record<string, unknown>
}

/**
 * The shop as its zips make it: an environment of each function that is invoked, on services of the suite's own, which
 * are reached over TLS, with passwords out of Secrets Manager.
 */
export class DeployedShop {
  readonly template: Template = readTemplate()
  readonly secretsManager: SecretsManager
  readonly fronts: { database: TlsFront; cache: TlsFront; broker: TlsFront }
  /** Where tests, and the audit, reach the services themselves. */
  readonly services: Record<'DATABASE_URL' | 'REDIS_URL' | 'RABBITMQ_URL' | 'CACHE_PREFIX', string>
  readonly #remove: () => Promise<void>
  readonly #folder: string
  readonly #exports: Exports
  readonly #environments = new Map<string, LambdaEnvironment>()
  #started = 0
  #broker: { connection: ChannelModel; channel: ConfirmChannel } | undefined

  /** @param own the services; by default those of the running tests, made for this shop alone */
  static async start(own?: RealServices): Promise<DeployedShop> {
    own ??= await ownRealServices()
    const { DATABASE_URL, REDIS_URL, RABBITMQ_URL } = own.environment
    const fronts = {
      database: await postgresTlsFront(DATABASE_URL),
      cache: await tlsFront(REDIS_URL, 6379),
      broker: await tlsFront(RABBITMQ_URL, 5672),
    }
    const secretsManager = await startSecretsManager([
      [secretArns.database, credentialsOf(DATABASE_URL)],
      [secretArns.cache, credentialsOf(REDIS_URL)],
      [secretArns.broker, credentialsOf(RABBITMQ_URL)],
      [secretArns.adminKey, 'first-key,second-key'],
    ])
    const folder = await mkdtemp(join(tmpdir(), 'stockroom-lambda-'))
    return new DeployedShop(own, fronts, secretsManager, folder)
  }

  private constructor(
    { environment, remove }: RealServices,
    fronts: DeployedShop['fronts'],
    secretsManager: SecretsManager,
    folder: string,
  ) {
    this.services = environment
    this.fronts = fronts
    this.secretsManager = secretsManager
    this.#remove = remove
    this.#folder = folder
    this.#exports = {
      DatabaseProxyEndpoint: 'database.test',
      DatabaseSecretArn: secretArns.database,
      CacheEndpoint: 'cache.test',
      CacheSecretArn: secretArns.cache,
      BrokerEndpoint: `amqps://localhost:${fronts.broker.port}${new URL(environment.RABBITMQ_URL).pathname}`,
      BrokerArn: brokerArn,
      BrokerSecretArn: secretArns.broker,
      AdminKeySecretArn: secretArns.adminKey,
    }
  }

  /** Starts another environment of a function; it stops with the shop. */
  async startFunction(key: string, environment: Record<string, string> = {}): Promise<LambdaEnvironment> {
    const { database, cache } = this.fronts
    this.#started += 1
    const name = `${key}-${this.#started}`
    const started = await LambdaEnvironment.start({
      key,
      template: this.template,
      folder: join(this.#folder, name),
      exports: this.#exports,
      // The hosts of AWS, which the template names, stand on ports of this machine here.
      replace: [
        [
          'database.test:5432/stockroom?',
          `localhost:${database.port}${new URL(this.services.DATABASE_URL).pathname}?`,
        ],
        ['cache.test:6379', `localhost:${cache.port}`],
      ],
      environment: {
        CACHE_PREFIX: this.services.CACHE_PREFIX,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: this.secretsManager.url,
        ...environment,
      },
    })
    this.#environments.set(name, started)
    return started
  }

  /** Invokes a function, in an environment that stays warm. */
  async invoke(key: string, event: unknown): Promise<Outcome> {
    const name = `${key}-warm`
    const environment = this.#environments.get(name) ?? (await this.startFunction(key))
    this.#environments.set(name, environment)
    return (await environment.invoke(event)).outcome
  }

  /** What the warm environment of a function has written to its log. */
  logOf(key: string): string {
    return this.#environments.get(`${key}-warm`)?.log ?? ''
  }

  /**
   * Sends a request as API Gateway does.
   * @throws Error when the function throws
   */
  async request(key: string, request: ApiRequest): Promise<Answer> {
    return answerOf(await this.invoke(key, apiEvent(request)))
  }

  /** Hands what waits in a queue to a function, as the event source mapping does; resolves to how many that were. */
  async deliver(queue: string, key: string): Promise<number> {
    const { channel } = await this.#openBroker()
    const messages: GetMessage[] = []
    for (;;) {
      const message = await channel.get(queue)
      if (!message) break
      messages.push(message)
    }
    if (messages.length === 0) return 0
    const virtualHost = decodeURIComponent(new URL(this.services.RABBITMQ_URL).pathname.slice(1))
    const outcome = await this.invoke(
      key,
      toRmqEvent({ eventSourceArn: brokerArn, queue, virtualHost }, messages),
    )
    if ('error' in outcome) throw new Error(outcome.error.errorMessage)
    for (const message of messages) channel.ack(message)
    return messages.length
  }

  /** Delivers until both queues have stayed empty for a moment. */
  async settle(): Promise<void> {
    let emptyRounds = 0
    await eventually(async () => {
      const delivered =
        (await this.deliver('stock-reduction', 'reduceStock')) +
        (await this.deliver('order-settlement', 'settleOrder'))
      emptyRounds = delivered === 0 ? emptyRounds + 1 : 0
      return emptyRounds > 5
    }, 30_000)
  }

  /** Publishes a message on a queue. */
  async publish(queue: string, content: string, type: string): Promise<void> {
    const { channel } = await this.#openBroker()
    channel.sendToQueue(queue, Buffer.from(content), { type, persistent: true })
    await channel.waitForConfirms()
  }

  async stop(): Promise<void> {
    for (const environment of new Set(this.#environments.values())) environment.stop()
    await this.#broker?.connection.close()
    for (const front of Object.values(this.fronts)) front.close()
    this.secretsManager.close()
    await this.#remove()
    await rm(this.#folder, { recursive: true })
  }

  async #openBroker() {
    if (!this.#broker) {
      const connection = await amqp.connect(this.services.RABBITMQ_URL)
      this.#broker = { connection, channel: await connection.createConfirmChannel() }
    }
    return this.#broker
  }
}

/** What an endpoint answered, out of what its function returned. */
export function answerOf(outcome: Outcome): Answer {
  if ('error' in outcome) throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`)
  const { statusCode, headers, body } = outcome.payload as {
    statusCode: number
    headers: Record<string, string>
    body: string
  }
  const isJson = /json/.test(headers['content-type'] ?? '')
  return { status: statusCode, headers, body: isJson && body ? JSON.parse(body) : { text: body } }
}

export function credentialsOf(url: string): string {
  const { username, password } = new URL(url)
  return JSON.stringify({ username: decodeURIComponent(username), password: decodeURIComponent(password) })
}
