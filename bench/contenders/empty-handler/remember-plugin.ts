type Log = { warning(text: string): void; error(text: unknown): void }

/** What the shop's plugin does to serverless-offline, and nothing else. */
export default class RememberHandlers {
  readonly hooks = {
    'before:offline:start:init': async () => {
      const { rememberHandlers } = await import('../../../local/remember-handlers.ts')
      await rememberHandlers(this.#log)
    },
  }

  readonly #log: Log

  constructor(_serverless: object, _options: object, { log }: { log: Log }) {
    this.#log = log
  }
}
