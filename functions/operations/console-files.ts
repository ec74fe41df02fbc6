import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** A file that the console loads. */
export interface ConsoleFile {
  contentType: string
  content: string
}

const require = createRequire(import.meta.url)
const javascript = 'text/javascript; charset=utf-8'
const css = 'text/css; charset=utf-8'

/** Where each file stands: beside this module, from where the packaging takes it along, or in a package. */
const places: Record<string, () => string | URL> = {
  'console.css': () => new URL('./console/console.css', import.meta.url),
  'main.js': () => new URL('./console/main.js', import.meta.url),
  'api.js': () => new URL('./console/api.js', import.meta.url),
  'charts.js': () => new URL('./console/charts.js', import.meta.url),
  'dialogs.js': () => new URL('./console/dialogs.js', import.meta.url),
  'dom.js': () => new URL('./console/dom.js', import.meta.url),
  'format.js': () => new URL('./console/format.js', import.meta.url),
  'orders.js': () => new URL('./console/orders.js', import.meta.url),
  'products.js': () => new URL('./console/products.js', import.meta.url),
  'queues.js': () => new URL('./console/queues.js', import.meta.url),
  'rush.js': () => new URL('./console/rush.js', import.meta.url),
  'uplot.js': () => require.resolve('uplot/dist/uPlot.iife.min.js'),
  'uplot.css': () => require.resolve('uplot/dist/uPlot.min.css'),
}

/** What the console loads, by the name of the file. */
export const consoleFileNames: readonly string[] = Object.keys(places)

const read = new Map<string, ConsoleFile>()

/** One of the console's files, or undefined; each is read once. */
export function consoleFile(name: string): ConsoleFile | undefined {
  const place = Object.hasOwn(places, name) ? places[name] : undefined
  if (!place) return undefined
  const file = read.get(name) ?? {
    contentType: name.endsWith('.css') ? css : javascript,
    content: readFileSync(place(), 'utf8'),
  }
  read.set(name, file)
  return file
}
