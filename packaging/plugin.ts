import { join } from 'node:path'

interface LambdaFunction {
  handler: string
  package?: { artifact?: string }
}
interface Layer {
  package?: { artifact?: string }
}
interface Serverless {
  serviceDir: string
  processedInput: { commands: string[] }
  service: { functions: Record<string, LambdaFunction>; layers: Record<string, Layer> }
  pluginManager: { plugins: object[] }
}

/**
 * Builds what `serverless package` and `serverless deploy` upload: a zip of each function and of each layer. Its
 * imports come late, because Serverless constructs its plugins for every command.
 */
export default class StockroomPackaging {
  readonly hooks = {
    'before:package:createDeploymentArtifacts': () => this.#build(),
    'before:package:function:package': () => this.#build(),
    'before:package:compileLayers': () => this.#stayOffline(),
  }

  readonly #serverless: Serverless

  constructor(serverless: Serverless) {
    this.#serverless = serverless
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

function use(definition: LambdaFunction | Layer | undefined, artifact: string): void {
  if (!definition) throw new Error(`serverless.yml names no layer for ${artifact}`)
  definition.package = { ...definition.package, artifact }
}
