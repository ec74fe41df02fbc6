import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  buildDependenciesLayer,
  buildFilesLayer,
  buildSharedLayer,
  bundleFunction,
  type Imports,
} from './bundle.ts'
import { zipFolder } from './zip.ts'

/** A zip that Lambda gets, and what the code in it imports from elsewhere. */
export interface Artefact {
  name: string
  file: string
  zippedBytes: number
  imports: Imports
}

export interface Artefacts {
  functions: Artefact[]
  layers: Artefact[]
}

interface Order {
  /** The folder that holds serverless.yml. */
  root: string
  /** Where the zips go. */
  target: string
  /** The handlers of the functions by name. */
  handlers: Record<string, string>
}

/** What the pages at `/docs` and `/console` read out of packages. */
const docsFiles = [
  'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-dist/swagger-ui-bundle.js',
  'uplot/dist/uPlot.iife.min.js',
  'uplot/dist/uPlot.min.css',
]

/** Builds every function and the layers, and zips them; the same sources give the same bytes. */
export async function packageShop({ root, target, handlers }: Order): Promise<Artefacts> {
  const folders = join(root, '.build')
  const folderOf = (kind: 'functions' | 'layers', name: string) => join(folders, kind, name)
  const zip = async (kind: 'functions' | 'layers', name: string, imports: Imports): Promise<Artefact> => {
    const content = zipFolder(folderOf(kind, name))
    const file = join(target, `${name}.zip`)
    await writeFile(file, content)
    return { name, file, zippedBytes: content.length, imports }
  }
  await mkdir(target, { recursive: true })

  const functions = await Promise.all(
    Object.entries(handlers).map(async ([name, handler]) =>
      zip('functions', name, await bundleFunction(root, handler, folderOf('functions', name))),
    ),
  )
  const packages = await buildSharedLayer(root, folderOf('layers', 'shared'))
  const dependencies = new Set([
    ...packages,
    ...functions.flatMap(({ imports }) => [...imports].filter(isPackage)),
  ])
  await buildDependenciesLayer(root, dependencies, folderOf('layers', 'dependencies'))
  await buildFilesLayer(root, docsFiles, folderOf('layers', 'docs'))
  return {
    functions,
    layers: [
      await zip('layers', 'shared', packages),
      await zip('layers', 'dependencies', new Set()),
      await zip('layers', 'docs', new Set()),
    ],
  }
}

const isPackage = (specifier: string) => !specifier.startsWith('@stockroom/')
