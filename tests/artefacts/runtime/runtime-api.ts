import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a function answered: a value, or the error that it threw. */
export type Outcome = { payload: unknown } | { error: { errorType: string; errorMessage: string } }

interface Invocation {
  event: unknown
  deadlineMs: number
  settle(outcome: Outcome): void
}

/**
 * The Runtime API of one Lambda environment, over which a function's process asks for events and answers them:
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server: Server
  readonly #initialised = Promise.withResolvers<void>()
  readonly #invocations = new Map<string, Invocation>()
  readonly #functionArn: string
  #asking = Promise.withResolvers<ServerResponse>()
  #count = 0

  constructor(functionArn: string) {
    this.#functionArn = functionArn
    this.#initialised.promise.catch(() => {})
    this.#server = createServer((request, response) => this.#handle(request, response))
  }

  /** Resolves to the host and port that the function's process is told. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when the function asks for its first event; rejects when its initialisation fails. */
  get initialised(): Promise<void> {
    return this.#initialised.promise
  }

  /** Fails the initialisation, for a process that ended before it asked for an event. */
  giveUp(reason: string): void {
    this.#initialised.reject(new Error(reason))
    for (const { settle } of this.#invocations.values()) {
      settle({ error: { errorType: 'Runtime.ExitError', errorMessage: reason } })
    }
  }

  /** Resolves when the function has answered and asks for another event: Lambda freezes it then. */
  async idle(): Promise<void> {
    await this.#asking.promise
  }

  /** Hands an event to the function. */
  async invoke(event: unknown, timeoutMs: number): Promise<Outcome> {
    const response = await this.#asking.promise
    this.#asking = Promise.withResolvers()
    this.#count += 1
    const id = `invocation-${this.#count}`
    const deadlineMs = Date.now() + timeoutMs
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.#invocations.set(id, { event, deadlineMs, settle: resolve })
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(deadlineMs),
      'lambda-runtime-invoked-function-arn': this.#functionArn,
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000',
    })
    response.end(JSON.stringify(event))
    const timer = setTimeout(
      () =>
        resolve({ error: { errorType: 'Sandbox.Timedout', errorMessage: `no answer in ${timeoutMs} ms` } }),
      timeoutMs,
    )
    return promise.finally(() => clearTimeout(timer))
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.replace('/2018-06-01/runtime/', '') ?? ''
    if (path === 'invocation/next') {
      this.#initialised.resolve()
      this.#asking.resolve(response)
      return
    }
    const body = Buffer.concat(await request.toArray()).toString()
    response.writeHead(202).end('{"status":"OK"}')
    if (path === 'init/error') this.#initialised.reject(new Error(JSON.parse(body).errorMessage))
    const [, id = '', kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? []
    const invocation = this.#invocations.get(id)
    this.#invocations.delete(id)
    invocation?.settle(
      kind === 'error' ? { error: JSON.parse(body) } : { payload: JSON.parse(body || 'null') },
    )
  }
}
