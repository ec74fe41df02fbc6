import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeployedFunction, DeployedService, Network } from '../service/access.ts'
import type { Reservation } from '../service/concurrency.ts'
import type { Stack } from '../service/consumers.ts'
import type { Artefacts } from './package-shop.ts'

interface LambdaFunction extends DeployedFunction {
  handler: string
  reservedConcurrency?: number
  package?: { artifact?: string }
  events?: { rabbitmq?: { arn: unknown; queue: string } }[]
}
interface Layer {
  package?: { artifact?: string }
}
interface Serverless {
  serviceDir: string
  processedInput: { commands: string[] }
  service: {
    functions: Record<string, LambdaFunction>
    layers: Record<string, Layer>
    resources: Stack & { Resources: Record<string, object> & { Migration: { Properties: object } } }
    provider: { httpApi: { cors: { allowedOrigins: string[] } } }
    custom: {
      services: Record<string, DeployedService>
      network: Network
      networkEnvironment: Record<string, unknown>
      concurrency: Record<string, Reservation>
    }
  }
  pluginManager: { plugins: object[] }
  configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void }
}

/**
 * Builds what `serverless package` and `serverless deploy` upload: a zip of each function and of each layer, and gives
 * every function the access that its `uses` names and the concurrency of `custom.concurrency`, and every consumer its place in the alarms. Its
 * imports come late, because Serverless constructs its plugins for every command.
 */
export default class StockroomPackaging {
  readonly hooks = {
    'before:package:setupProviderConfiguration': async () => {
      this.#listOrigins()
      await this.#grantAccess()
      await this.#reserveConcurrency()
      await this.#completeConsumers()
    },
    'before:package:createDeploymentArtifacts': () => this.#build(),
    'before:package:function:package': () => this.#build(),
    'before:package:compileLayers': () => this.#stayOffline(),
  }

  readonly #serverless: Serverless

  constructor(serverless: Serverless) {
    this.#serverless = serverless
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: { uses: { type: 'array', items: { type: 'string' }, uniqueItems: true } },
    })
  }

  /** `--param` gives several origins as one text. */
  #listOrigins(): void {
    const { cors } = this.#serverless.service.provider.httpApi
    cors.allowedOrigins = cors.allowedOrigins.flatMap((origins) => origins.split(/\s*,\s*/))
  }

  async #grantAccess(): Promise<void> {
    const { grantAccess } = await import('../service/access.ts')
    const { functions, custom, resources } = this.#serverless.service
    Object.assign(resources.Resources, grantAccess(functions, custom))
  }

  async #reserveConcurrency(): Promise<void> {
    const { reserveConcurrency } = await import('../service/concurrency.ts')
    const { functions, custom } = this.#serverless.service
    reserveConcurrency(functions, custom.concurrency)
  }

  async #completeConsumers(): Promise<void> {
    const { completeConsumers } = await import('../service/consumers.ts')
    const { functions, resources } = this.#serverless.service
    completeConsumers(functions, resources)
  }

  async #build(): Promise<void> {
    const { packageShop } = await import('./package-shop.ts')
    const { holdBudget, sizeLines } = await import('./sizes.ts')
    const { serviceDir: root, service } = this.#serverless
    const handlers = Object.fromEntries(
      Object.entries(service.functions).map(([name, { handler }]) => [name, handler]),
    )
    const artefacts = await packageShop({ root, target: join(root, '.serverless'), handlers })
    process.stdout.write(`${sizeLines(artefacts).join('\n')}\n`)
    holdBudget(artefacts)
    for (const { name, file } of artefacts.functions) use(service.functions[name], file)
    for (const { name, file } of artefacts.layers) use(service.layers[name], file)
    this.#migrateWith(artefacts)
  }

  /** CloudFormation invokes the migration again when one of its properties has changed. */
  #migrateWith({ functions, layers }: Artefacts): void {
    const { Migration } = this.#serverless.service.resources.Resources
    const code = [...functions, ...layers].filter(({ name }) => name === 'migrate' || name === 'shared')
    Object.assign(Migration.Properties, { Code: hashOf(code.map(({ file }) => file)) })
  }

  /**
   * To upload only layers that have changed, osls asks CloudFormation for those that are deployed, even when it only
   * packages. That needs neither an account nor the network.
   */
  #stayOffline(): void {
    if (this.#serverless.processedInput.commands[0] !== 'package') return
    const layers = this.#serverless.pluginManager.plugins.find(
      (plugin) => plugin.constructor.name === 'AwsCompileLayers',
    )
    if (!layers) throw new Error('osls compiles layers differently than version 4 does')
    Object.assign(layers, { compareWithLastLayer: async () => {} })
  }
}

function hashOf(files: string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}

function use(definition: LambdaFunction | Layer | undefined, artifact: string): void {
  if (!definition) throw new Error(`serverless.yml names no layer for ${artifact}`)
  definition.package = { ...definition.package, artifact }
}
