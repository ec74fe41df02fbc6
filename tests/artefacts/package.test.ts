import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { functionBudgetBytes } from '../../deploy/packaging/sizes.ts'
import { firstPackage } from './global-setup.ts'
import { filesOf, packageFolder, readTemplate, textsOf } from './runtime/lambda-environment.ts'
import { functionKeys, functionOf, layersOf } from './runtime/template.ts'

const template = readTemplate()
const keys = functionKeys(template)
const zips = readdirSync(packageFolder).filter((name) => name.endsWith('.zip'))
const read = (name: string) => readFileSync(join(packageFolder, name))

const importStatement = /(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/g
const modulesIn = 'nodejs/node_modules/'

/** What the modules of a zip import by a bare name. */
function bareImports(files: Record<string, string>): string[] {
  const names = Object.entries(files)
    .filter(([path]) => path.endsWith('.mjs'))
    .flatMap(([, code]) => [...code.matchAll(importStatement)].map((match) => match[1] as string))
  return [...new Set(names)].filter((name) => !/^(\.|node:|@aws-sdk\/)/.test(name) && !isBuiltin(name))
}

const isBuiltin = (name: string) => process.getBuiltinModule(name) !== undefined

/** The names under which the modules of layers can be imported, as their package.json says. */
function importable(layers: string[]): (name: string) => boolean {
  const files = Object.assign({}, ...layers.map(textsOf)) as Record<string, string>
  return (name) => {
    const packageName = name.split('/', name.startsWith('@') ? 2 : 1).join('/')
    const manifest = files[`${modulesIn}${packageName}/package.json`]
    if (!manifest) return false
    const { exports } = JSON.parse(manifest) as { exports: Record<string, string> }
    const subpath = `.${name.slice(packageName.length)}`
    const target = exports[subpath] ?? exports['./*']?.replace('*', subpath.slice(2))
    return target !== undefined && join(modulesIn, packageName, target) in files
  }
}

describe('npm run package, without an account and without the network', () => {
  it('makes a zip of every function and of every layer', () => {
    expect(zips.sort()).toEqual(
      [...keys, 'shared', 'dependencies', 'docs'].map((name) => `${name}.zip`).sort(),
    )
  })

  it.each(zips)('makes the same bytes of %s again, in another time zone', (name) => {
    expect(Buffer.compare(read(name), readFileSync(join(firstPackage, name)))).toBe(0)
  })

  it('says the same in the template, but for the folder in the bucket, which osls names after the time', () => {
    const text = (folder: string) =>
      readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8').replaceAll(
        /serverless\/stockroom\/dev\/[^/]+\//g,
        '',
      )

    expect(text(packageFolder)).toBe(text(firstPackage))
  })
})

describe.each(keys)('the zip of %s', (key) => {
  const files = textsOf(key)
  const module = functionOf(template, key).Handler.replace(/\.handler$/, '.mjs')

  it('holds the module of its handler, with a source map, what it reads beside itself, and nothing else', () => {
    const read = [...(files[module] as string).matchAll(/new URL\(["'`]\.\/([^"'`]+)["'`],/g)]
    const beside = read.map(([, name]) => join(dirname(module), name as string))
    expect(Object.keys(files).sort()).toEqual([module, `${module}.map`, ...beside].sort())
    expect(files[module]).toMatch(/sourceMappingURL=[\w-]+\.mjs\.map\s*$/)
  })

  it('keeps the budget', () => {
    expect(read(`${key}.zip`).length).toBeLessThanOrEqual(functionBudgetBytes)
  })

  it('is made of our own sources alone', () => {
    const { sources } = JSON.parse(files[`${module}.map`] as string) as { sources: string[] }
    const foreign = sources.filter((source) => !/^(\.\.\/)+(functions|migrations)\//.test(source))

    expect(sources.length).toBeGreaterThan(0)
    expect(foreign).toEqual([])
  })

  it('imports what its layers hold', () => {
    const isThere = importable(layersOf(functionOf(template, key)))
    const imports = bareImports(files)

    expect(imports.length).toBeGreaterThan(0)
    expect(imports.filter((name) => !isThere(name))).toEqual([])
  })
})

describe('the layers', () => {
  it('hold what the shop’s own code imports', () => {
    const isThere = importable(['shared', 'dependencies'])
    const imports = bareImports(textsOf('shared'))

    expect(imports).toEqual(expect.arrayContaining(['knex', 'ioredis', 'amqplib']))
    expect(imports.filter((name) => !isThere(name))).toEqual([])
  })

  it('hold each package as one file, which is no more than Node has to read', () => {
    const packages = Object.keys(filesOf('dependencies')).filter((path) => path.endsWith('.mjs'))

    expect(packages.length).toBeLessThan(50)
  })

  it('stay below the limit of Lambda, a function with its layers, unzipped', () => {
    const bytes = (name: string) => Object.values(filesOf(name)).reduce((sum, { length }) => sum + length, 0)
    const sizes = keys.map((key) =>
      [key, ...layersOf(functionOf(template, key))].reduce((sum, name) => sum + bytes(name), 0),
    )

    expect(Math.max(...sizes)).toBeLessThan(10 * 1024 * 1024)
  })
})
