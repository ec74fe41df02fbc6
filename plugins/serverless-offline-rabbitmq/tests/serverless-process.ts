import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { eventually } from './eventually.ts'

const { resolve } = createRequire(import.meta.url)
const serverless = join(dirname(resolve('serverless-offline')), '../../serverless/bin/serverless.js')

/** `serverless` in a project, with its own process group. */
export class ServerlessProcess {
  readonly #child: ChildProcess
  #code: number | string | undefined
  output = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk
      })
    }
    child.once('close', (code, signal) => {
      this.#code = code ?? (signal as string)
    })
  }

  static start(project: string, command: string[], environment: Record<string, string>): ServerlessProcess {
    const servesLambda = command[0] === 'offline' ? ['--lambdaPort', '0', '--noPrependStageInUrl'] : []
    const child = spawn(process.execPath, [serverless, ...command, ...servesLambda], {
      cwd: project,
      detached: true,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    })
    return new ServerlessProcess(child)
  }

  /** The lines of JSON that the handlers have printed. */
  printed(): object[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  }

  /** The lines that hold this text. */
  lines(text: string): string[] {
    return this.output.split('\n').filter((line) => line.includes(text))
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(-(this.#child.pid as number), signal)
  }

  /** Resolves with the exit code, or with the signal that ended it. Kills what doesn't end in time. */
  async exit(limitMs = 20_000): Promise<number | string> {
    try {
      await eventually(() => this.#code !== undefined, limitMs)
    } catch (error) {
      this.signal('SIGKILL')
      throw new Error(`it did not end; it printed:\n${this.output}`, { cause: error })
    }
    return this.#code as number | string
  }
}
