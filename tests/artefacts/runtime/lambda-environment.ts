import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { strFromU8, unzipSync } from 'fflate'
import { type Outcome, RuntimeApi } from './runtime-api.ts'
import { type Exports, evaluate, functionOf, layersOf, type Template } from './template.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const runtimePackages = resolve(root, 'tests/artefacts/lambda-runtime/node_modules')
const runtimeClient = join(runtimePackages, 'aws-lambda-ric/index.mjs')
const preload = fileURLToPath(new URL('preload.mjs', import.meta.url))
const authority = fileURLToPath(new URL('../services/localhost.crt', import.meta.url))

/** Where the zips and their template are. */
export const packageFolder = join(root, '.serverless')

export const readTemplate = (folder = packageFolder): Template =>
  JSON.parse(readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'))

/** The files of a zip by their path. */
export const filesOf = (name: string) => unzipSync(readFileSync(join(packageFolder, `${name}.zip`)))

/** The same as text. */
export const textsOf = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(filesOf(name)).map(([path, bytes]) => [path, strFromU8(bytes)]))

interface Start {
  /** The key of the function in serverless.yml. */
  key: string
  template: Template
  /** A folder that stands for the root of the environment's file system. */
  folder: string
  exports: Exports
  /** What stands elsewhere in the tests, in the template's values. */
  replace: [string, string][]
  /** Variables beside those of the template, or in their place. */
  environment: Record<string, string>
}

/**
 * One execution environment of a function, as Lambda makes it: the function's zip in `/var/task`, its layers in `/opt`,
 * Lambda's variables and those of the template, and AWS's runtime interface client, which loads the handler. Between
 * its answers it stands still.
 */
export class LambdaEnvironment {
  readonly key: string
  /** Milliseconds from the start of the process until it asked for an event. */
  initMs = 0
  /** Milliseconds of a processor that it has used for that, where the system tells (Linux); else `initMs`. */
  initCpuMs = 0
  /** What it has written to its log. */
  log = ''
  readonly #api: RuntimeApi
  readonly #process: ChildProcess
  readonly #timeoutMs: number

  /** @throws Error when the handler can't be loaded */
  static async start(start: Start): Promise<LambdaEnvironment> {
    const { FunctionName } = functionOf(start.template, start.key)
    const api = new RuntimeApi(`arn:aws:lambda:eu-central-1:000000000000:function:${FunctionName}`)
    const environment = new LambdaEnvironment(start, api, await api.listen())
    await environment.#initialise()
    return environment
  }

  private constructor(
    { key, template, folder, exports, replace, environment }: Start,
    api: RuntimeApi,
    address: string,
  ) {
    const definition = functionOf(template, key)
    this.key = key
    this.#api = api
    this.#timeoutMs = definition.Timeout * 1000
    unzip([key], join(folder, 'var/task'))
    unzip(layersOf(definition), join(folder, 'opt'))
    layRuntime(join(folder, 'var/runtime'))
    const variables = Object.entries(definition.Environment?.Variables ?? {}).map(([name, value]) => [
      name,
      replace.reduce(
        (text, [from, to]) => text.replace(from, to),
        String(evaluate(value, exports)).replace(/^\/var\/runtime/, join(folder, 'var/runtime')),
      ),
    ])
    this.#process = spawn(process.execPath, ['--import', preload, runtimeClient], {
      cwd: join(folder, 'var/task'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        TZ: ':UTC',
        LANG: 'en_US.UTF-8',
        AWS_REGION: 'eu-central-1',
        AWS_DEFAULT_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_SESSION_TOKEN: 'test',
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        AWS_LAMBDA_RUNTIME_API: address,
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_FUNCTION_NAME: definition.FunctionName,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.MemorySize),
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.FunctionName}`,
        AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/21/[$LATEST]0',
        LAMBDA_TASK_ROOT: join(folder, 'var/task'),
        LAMBDA_RUNTIME_DIR: join(folder, 'var/runtime'),
        NODE_PATH: [
          'opt/nodejs/node24/node_modules',
          'opt/nodejs/node_modules',
          'var/runtime/node_modules',
          'var/runtime',
          'var/task',
        ]
          .map((path) => join(folder, path))
          .join(':'),
        _HANDLER: definition.Handler,
        ...Object.fromEntries(variables),
        ...environment,
      },
    })
    this.#process.stdout?.on('data', (text) => this.#note(text))
    this.#process.stderr?.on('data', (text) => this.#note(text))
    this.#process.on('exit', (code) => api.giveUp(`${key} ended with ${code}: ${this.log}`))
  }

  async #initialise(): Promise<void> {
    const startedAt = performance.now()
    await this.#api.initialised
    this.initMs = performance.now() - startedAt
    this.initCpuMs = cpuMs(this.#process.pid) ?? this.initMs
    this.#process.kill('SIGSTOP')
  }

  /** Invokes the function, thawing it for that; resolves to what it answered and how long that took. */
  async invoke(event: unknown): Promise<{ outcome: Outcome; durationMs: number }> {
    this.#process.kill('SIGCONT')
    const startedAt = performance.now()
    const outcome = await this.#api.invoke(event, this.#timeoutMs)
    const durationMs = performance.now() - startedAt
    if (!('error' in outcome && outcome.error.errorType.startsWith('Sandbox'))) await this.#api.idle()
    this.#process.kill('SIGSTOP')
    return { outcome, durationMs }
  }

  stop(): void {
    this.#process.removeAllListeners('exit')
    this.#process.kill('SIGKILL')
    this.#api.close()
  }

  #note(text: Buffer): void {
    this.log += text
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime and stime, in hundredths of a second. */
function cpuMs(pid: number | undefined): number | undefined {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return undefined
  const fields = readFileSync(file, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function unzip(names: string[], target: string): void {
  for (const name of names) {
    for (const [path, content] of Object.entries(filesOf(name))) {
      mkdirSync(dirname(join(target, path)), { recursive: true })
      writeFileSync(join(target, path), content)
    }
  }
}

function layRuntime(folder: string): void {
  mkdirSync(folder, { recursive: true })
  symlinkSync(runtimePackages, join(folder, 'node_modules'))
  symlinkSync(authority, join(folder, 'ca-cert.pem'))
}
