import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ServerlessProcess } from './serverless-process.ts'

export const run = promisify(execFile)
const { resolve } = createRequire(import.meta.url)
export const packageRoot = fileURLToPath(new URL('..', import.meta.url))
export const folderOf = (name: string) => dirname(resolve(`${name}/package.json`))

/** An empty folder into which the package was installed as npm packs it, with the files of `example/`. */
export class PackedProject {
  readonly folder: string
  readonly #workshop: string

  private constructor(workshop: string) {
    this.#workshop = workshop
    this.folder = join(workshop, 'project')
  }

  static async install(): Promise<PackedProject> {
    const project = new PackedProject(await mkdtemp(join(tmpdir(), 'emulator-example-')))
    await project.#linkRegistryPackages()
    await cp(join(packageRoot, 'example'), project.folder, { recursive: true })
    await project.write('package.json', '{ "name": "pizzeria", "private": true }')
    const tarballs = [await project.#pack(dirname(resolve('amqplib'))), await project.#pack(packageRoot)]
    await run('npm', ['install', '--offline', '--legacy-peer-deps', '--ignore-scripts', ...tarballs], {
      cwd: project.folder,
    })
    return project
  }

  /** What the example has from the registry stands above it, where Node.js finds it, so that no network is needed. */
  async #linkRegistryPackages(): Promise<void> {
    await mkdir(join(this.#workshop, 'node_modules/@types'), { recursive: true })
    for (const [name, folder] of [
      ['serverless', join(dirname(resolve('serverless-offline')), '../../serverless')],
      ['serverless-offline', join(dirname(resolve('serverless-offline')), '..')],
      ['@types/node', folderOf('@types/node')],
      ['undici-types', folderOf('undici-types')],
    ] as const) {
      await symlink(folder, join(this.#workshop, 'node_modules', name))
    }
  }

  /** Packs a package as `npm publish` does, and resolves with the tarball. */
  async #pack(folder: string): Promise<string> {
    const command = ['pack', '--silent', '--pack-destination', this.#workshop]
    const { stdout } = await run('npm', command, { cwd: folder })
    return join(this.#workshop, stdout.trim())
  }

  read(file: string): Promise<string> {
    return readFile(join(this.folder, file), 'utf8')
  }

  write(file: string, content: string): Promise<void> {
    return writeFile(join(this.folder, file), content)
  }

  serverless(command: string[], environment: Record<string, string>): ServerlessProcess {
    return ServerlessProcess.start(this.folder, command, environment)
  }

  remove(): Promise<void> {
    return rm(this.#workshop, { recursive: true, force: true })
  }
}
