import type { Service } from '../../../local/functions/warm-functions.ts'

type Log = { warning(text: string): void; error(text: unknown): void }
type Serverless = { serviceDir: string; service: Pick<Service, 'provider'> }

/** What the shop's plugin does to serverless-offline, and nothing else. */
export default class WarmFunctions {
  readonly hooks = {
    'before:offline:start:init': async () => {
      const { keepFunctionsWarm } = await import('../../../local/functions/warm-functions.ts')
      const { serviceDir: directory, service } = this.#serverless
      await keepFunctionsWarm({ directory, provider: service.provider }, this.#log)
    },
  }

  readonly #serverless: Serverless
  readonly #log: Log

  constructor(serverless: Serverless, _options: object, { log }: { log: Log }) {
    this.#serverless = serverless
    this.#log = log
  }
}
