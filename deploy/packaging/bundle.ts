import { globSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'

/** Where the modules of a layer stand, in it and under `/opt`. */
const modulesFolder = 'nodejs/node_modules'

/** The runtime brings it: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const partOfRuntime = /^@aws-sdk\//

/** What the functions' code and that of the layers have in common. Names stay, as the log shows those of classes. */
const ourCode: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  sourcesContent: false,
  outExtension: { '.js': '.mjs' },
  metafile: true,
  write: true,
  logLevel: 'warning',
}

/** Packages and modules that code imports, such as `knex` and `@stockroom/http/endpoint`. */
export type Imports = Set<string>

/**
 * Bundles one function with all modules that belong to it alone, to the file in `folder` that its handler names.
 * Layers and packages stay outside; files that it reads beside itself go along.
 * @returns what it imports from the layers
 */
export async function bundleFunction(root: string, handler: string, folder: string): Promise<Imports> {
  const module = handler.slice(0, handler.lastIndexOf('.'))
  await rm(folder, { recursive: true, force: true })
  const { metafile } = await build({
    ...ourCode,
    absWorkingDir: root,
    entryPoints: [{ in: `${module}.ts`, out: module }],
    outdir: folder,
  })
  await takeFilesAlong(root, module, folder)
  return externalImports(metafile as Metafile)
}

/** The files that a function reads by their place beside its module stand there in its zip, too. */
async function takeFilesAlong(root: string, module: string, folder: string): Promise<void> {
  const code = await readFile(join(folder, `${module}.mjs`), 'utf8')
  for (const [, name = ''] of code.matchAll(/new URL\(["'`](\.\/[\w./-]+)["'`],\s*import\.meta\.url\)/g)) {
    const file = join(dirname(module), name)
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await cp(join(root, file), join(folder, file))
  }
}

/**
 * Builds the layer of the shop's own shared code out of `layers/`: each module by itself, so that a function loads what
 * it imports and no more.
 * @returns the packages that it imports
 */
export async function buildSharedLayer(root: string, folder: string): Promise<Imports> {
  const modules = join(folder, modulesFolder, '@stockroom')
  await rm(folder, { recursive: true, force: true })
  const entryPoints = globSync('layers/*/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'))
  const { metafile } = await build({
    ...ourCode,
    absWorkingDir: root,
    entryPoints: entryPoints.sort(),
    outbase: 'layers',
    outdir: modules,
    plugins: [keepModulesApart],
  })
  for (const name of new Set(entryPoints.map((path) => path.split('/')[1] as string))) {
    await writePackage(join(modules, name), { name: `@stockroom/${name}`, exports: { './*': './*.mjs' } })
  }
  return new Set([...externalImports(metafile as Metafile)].filter((name) => !name.startsWith('@stockroom/')))
}

const keepModulesApart: Plugin = {
  name: 'keep-modules-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.mjs'), external: true },
    )
  },
}

/**
 * Builds the layer of other people's packages: each of `imports` as one minified file. As npm installs them they are
 * more than a thousand files, and most of a cold start.
 */
export async function buildDependenciesLayer(root: string, imports: Imports, folder: string): Promise<void> {
  const modules = join(folder, modulesFolder)
  const stubs = join(dirname(folder), 'stubs')
  await rm(folder, { recursive: true, force: true })
  const specifiers = [...imports].filter((name) => !partOfRuntime.test(name)).sort()
  const entryPoints: Record<string, string> = {}
  for (const specifier of specifiers) {
    const file = join(stubs, `${specifier}.mjs`)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, await reexport(specifier))
    entryPoints[outputOf(specifier)] = file
  }
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: modules,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    outExtension: { '.js': '.mjs' },
    external: ['@aws-sdk/*', 'pg-native'],
    // CommonJS packages load Node's own modules with `require`, which an ES module hasn't.
    banner: {
      js: "import{createRequire as createRequireHere}from'node:module';const require=createRequireHere(import.meta.url);",
    },
    plugins: [leaveDialectsOut],
    logLevel: 'warning',
  })
  await rm(stubs, { recursive: true, force: true })
  await writePackages(modules, specifiers)
}

/** Of the databases that knex knows, the shop uses one. */
const leaveDialectsOut: Plugin = {
  name: 'leave-dialects-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\// }, ({ path, importer }) =>
      /[\\/]knex[\\/]lib[\\/]dialects[\\/]index\.js$/.test(importer) && path !== './postgres'
        ? { path, namespace: 'left-out' }
        : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`The layer has no ${path} of knex`)})`,
    }))
  },
}

/**
 * A module that exports what a package exports in Node; Node tells the names of CommonJS packages. Where those were
 * compiled from ES modules, esbuild takes the ES modules, in which two of the names don't stand.
 */
async function reexport(specifier: string): Promise<string> {
  const all = Object.keys(await import(specifier))
  const onlyInNode = ['module.exports', ...(all.includes('__esModule') ? ['__esModule', 'default'] : [])]
  const names = all.filter((name) => !onlyInNode.includes(name))
  return `export { ${names.sort().join(', ')} } from '${specifier}'\n`
}

/** Builds a layer of files that a function reads out of a package, such as a page's scripts. */
export async function buildFilesLayer(root: string, files: string[], folder: string): Promise<void> {
  const require = createRequire(join(root, 'package.json'))
  await rm(folder, { recursive: true, force: true })
  for (const file of files) {
    const target = join(folder, modulesFolder, file)
    await mkdir(dirname(target), { recursive: true })
    await cp(require.resolve(file), target)
  }
}

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** The file of a specifier, without its extension: `knex` is `knex/index`, `pg/lib/query.js` is `pg/lib/query`. */
function outputOf(specifier: string): string {
  return specifier === packageOf(specifier) ? `${specifier}/index` : specifier.replace(/\.[cm]?js$/, '')
}

async function writePackages(modules: string, specifiers: string[]): Promise<void> {
  const exportsByPackage = new Map<string, Record<string, string>>()
  for (const specifier of specifiers) {
    const name = packageOf(specifier)
    const subpath = `.${specifier.slice(name.length)}`
    const file = `.${outputOf(specifier).slice(name.length)}.mjs`
    exportsByPackage.set(name, { ...exportsByPackage.get(name), [subpath]: file })
  }
  for (const [name, exports] of exportsByPackage) await writePackage(join(modules, name), { name, exports })
}

const writePackage = (folder: string, content: { name: string; exports: object }) =>
  writeFile(join(folder, 'package.json'), `${JSON.stringify({ ...content, type: 'module' }, null, 2)}\n`)

function externalImports({ outputs }: Metafile): Imports {
  const imports = Object.values(outputs).flatMap((output) => output.imports)
  return new Set(
    imports
      .filter(({ path, external }) => external && !path.startsWith('.') && !path.startsWith('node:'))
      .map(({ path }) => path),
  )
}
