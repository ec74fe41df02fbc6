import { globSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** An import of one of our files (or of a package) by one of our files; paths from the root of the repository. */
interface Arrow {
  from: string
  to: string
}

interface Rule {
  name: string
  sentence: string
  forbids(arrow: Arrow): boolean
}

const isIn = (folder: string) => (path: string) => path.startsWith(`${folder}/`)
const isProducts = isIn('functions/products')
const isOrders = isIn('functions/orders')
const isEmulator = isIn('plugins/serverless-offline-rabbitmq')
const isStore = (path: string) => /-store\.ts$/.test(path)
const folderOf = (path: string) => path.slice(0, path.indexOf('/'))

/** Each folder and what it may import beside itself; tests stand beside what they test and may import anything. */
const mayImport: Record<string, string[]> = {
  layers: [],
  migrations: ['layers'],
  functions: ['layers', 'migrations'],
  plugins: [],
  local: ['functions', 'layers', 'migrations', 'plugins'],
  commands: ['functions', 'layers', 'local', 'migrations'],
  deploy: [],
  artillery: ['bench', 'commands', 'layers', 'local'],
  bench: ['layers', 'local'],
  tests: [
    'artillery',
    'bench',
    'commands',
    'deploy',
    'functions',
    'layers',
    'local',
    'migrations',
    'plugins',
  ],
}
const pureRules = [
  'functions/products/stock.ts',
  'functions/products/product.ts',
  'functions/orders/order.ts',
]

const rules: Rule[] = [
  {
    name: 'folders-import-downwards',
    sentence: 'What runs in AWS knows nothing of what runs it on a laptop, measures it or tests it.',
    forbids: ({ from, to }) =>
      folderOf(to) in mayImport &&
      folderOf(from) !== folderOf(to) &&
      !mayImport[folderOf(from)]?.includes(folderOf(to)),
  },
  {
    name: 'stores-stay-at-home',
    sentence:
      'A store belongs to the domain whose tables it reads, so nobody outside of its folder imports it, but for tests.',
    forbids: ({ from, to }) => isStore(to) && dirname(from) !== dirname(to) && folderOf(from) !== 'tests',
  },
  {
    name: 'one-door-to-products',
    sentence: 'Orders see products through catalogue.ts alone.',
    forbids: ({ from, to }) => isOrders(from) && isProducts(to) && to !== 'functions/products/catalogue.ts',
  },
  {
    name: 'one-door-to-orders',
    sentence: 'Products see orders through placed-orders.ts alone.',
    forbids: ({ from, to }) => isProducts(from) && isOrders(to) && to !== 'functions/orders/placed-orders.ts',
  },
  {
    name: 'pure-rules-import-nothing',
    sentence:
      'A pure rule decides from what it is given, so it imports nothing of ours, and typebox at most.',
    forbids: ({ from, to }) => pureRules.includes(from) && to !== 'typebox',
  },
  {
    name: 'stock-imports-nothing',
    sentence: 'Who gets the stock is decided from numbers alone.',
    forbids: ({ from }) => from === 'functions/products/stock.ts',
  },
  {
    name: 'the-emulator-is-a-package-of-its-own',
    sentence: 'The emulator serves any project, so it and its tests import nothing of this one.',
    forbids: ({ from, to }) => isEmulator(from) && folderOf(to) in mayImport && !isEmulator(to),
  },
  {
    name: 'the-emulator-has-one-door',
    sentence: 'The shop uses what the package exports and nothing else of it: index.ts.',
    forbids: ({ from, to }) =>
      !isEmulator(from) && isEmulator(to) && to !== 'plugins/serverless-offline-rabbitmq/index.ts',
  },
]

const importStatement =
  /(?:^|[;\n])\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[;\n])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

/** Every import in a source: static, dynamic, for its effects, of types alone, and what is exported from elsewhere. */
function arrowsOf(from: string, source: string): Arrow[] {
  return [...source.matchAll(importStatement)].map(([, named, bare, dynamic]) => ({
    from,
    to: targetOf(from, (named ?? bare ?? dynamic) as string),
  }))
}

function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(from), specifier))
  return specifier.replace(/^@stockroom\/(.*)/, 'layers/$1.ts')
}

/** The files from which some way of imports leads back to them, circle by circle. */
function circlesOf(arrows: Arrow[]): string[][] {
  const next = Map.groupBy(arrows, ({ from }) => from)
  const reach = (from: string, seen = new Set<string>()): Set<string> => {
    for (const { to } of next.get(from) ?? []) if (!seen.has(to)) reach(to, seen.add(to))
    return seen
  }
  const reached = new Map([...next.keys()].map((file) => [file, reach(file)]))
  const circleOf = (file: string) =>
    [...(reached.get(file) as Set<string>)]
      .filter((other) => reached.get(other)?.has(file))
      .sort()
      .join(' ')
  return [...new Set([...reached.keys()].map(circleOf))].filter(Boolean).map((circle) => circle.split(' '))
}

const broken = (arrows: Arrow[]) =>
  arrows.flatMap((arrow) =>
    rules
      .filter(({ forbids }) => forbids(arrow))
      .map(({ name }) => `${name}: ${arrow.from} imports ${arrow.to}`),
  )

const sources = globSync(`{${Object.keys(mayImport)}}/**/*.ts`, {
  cwd: root,
  exclude: (path) => path.endsWith('.test.ts') || path.includes('node_modules'),
})
const arrows = sources.flatMap((path) => arrowsOf(path, readFileSync(resolve(root, path), 'utf8')))

describe('the arrows between our files', () => {
  it.each(rules.map((rule) => [rule.name, rule] as const))('keep the rule %s', (_, rule) => {
    const wrong = arrows.filter((arrow) => rule.forbids(arrow))

    expect({ sentence: rule.sentence, wrong }).toEqual({ sentence: rule.sentence, wrong: [] })
  })

  it('are all seen: each folder has some', () => {
    expect(arrows).toEqual(
      expect.arrayContaining([
        { from: 'functions/orders/create-order.ts', to: 'functions/products/catalogue.ts' },
        { from: 'functions/orders/create-order.ts', to: 'layers/http/endpoint.ts' },
        { from: 'functions/orders/order.ts', to: 'typebox' },
        { from: 'layers/messaging/commit-and-publish.ts', to: 'layers/database/query.ts' },
        { from: 'layers/http/endpoint.ts', to: 'layers/http/json-body.ts' },
        { from: 'migrations/all.ts', to: 'migrations/orders/20261121_000000_create_orders.ts' },
      ]),
    )
    expect(new Set(arrows.map(({ from }) => folderOf(from)))).toEqual(new Set(Object.keys(mayImport)))
  })
})

describe('a folder of the repository', () => {
  const withoutSources = ['docs']
  const folders = globSync('*', { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => !['node_modules', 'coverage'].includes(name))

  it('has its line in the table of what it may import', () => {
    expect(folders.sort()).toEqual([...Object.keys(mayImport), ...withoutSources].sort())
  })
})

describe('the imports of a file', () => {
  it('never lead back to it', () => {
    expect(circlesOf(arrows)).toEqual([])
  })

  it('are seen to lead back to it', () => {
    const circle = ['a.ts', 'b.ts', 'c.ts'].map((from, at, all) => ({
      from,
      to: all[(at + 1) % 3] as string,
    }))

    expect(circlesOf([...circle, { from: 'd.ts', to: 'a.ts' }])).toEqual([['a.ts', 'b.ts', 'c.ts']])
  })
})

describe('the door of the emulator', () => {
  const door = 'plugins/serverless-offline-rabbitmq/index.ts'
  const both = rules.filter(({ name }) => name.startsWith('the-emulator-'))

  it('is the only way in and the only way out, for tests, loads and benchmarks too', () => {
    const everywhere = globSync('**/*.ts', {
      cwd: root,
      exclude: (path) => /(^|\/)(node_modules|dist|\.[^/]+)(\/|$)/.test(path),
    })
    const all = everywhere.flatMap((path) => arrowsOf(path, readFileSync(resolve(root, path), 'utf8')))

    expect(all).toContainEqual({ from: 'tests/integration/rabbitmq/consumers.test.ts', to: door })
    expect(both).toHaveLength(2)
    expect(all.filter((arrow) => both.some(({ forbids }) => forbids(arrow)))).toEqual([])
  })

  it('is what serverless.yml names, and what the package exports alone', () => {
    const read = (path: string) => readFileSync(resolve(root, path), 'utf8')
    const manifest = JSON.parse(read('plugins/serverless-offline-rabbitmq/package.json'))

    expect(read('serverless.yml').match(/plugins\/serverless-offline-rabbitmq\/\S+/g)).toEqual([door])
    expect(Object.keys(manifest.exports)).toEqual(['.', './package.json'])
    expect(manifest.exports['.'].default).toBe('./dist/index.js')
  })
})

describe('the check of the arrows', () => {
  it.each([
    ['layers/http/endpoint.ts', "import { stock } from '../../functions/products/stock.ts'"],
    ['layers/cache/cache.ts', "import '../../tests/support/api-event.ts'"],
    ['functions/orders/get-order.ts', "import { apiEvent } from '../../tests/support/api-event.ts'"],
    ['functions/orders/create-order.ts', "import {\n  findProducts,\n} from '../products/product-store.ts'"],
    ['functions/products/get-product.ts', "import { listOrders } from '../orders/order-store.ts'"],
    ['functions/storefront/show.ts', "export { listOrders } from '../orders/order-store.ts'"],
    ['functions/orders/create-order.ts', "import type { Product } from '../products/product.ts'"],
    ['functions/products/catalogue.ts', "const orders = await import('../orders/recent-orders.ts')"],
    ['functions/products/stock.ts', "import Type from 'typebox'"],
    ['functions/products/product.ts', "import { json } from '@stockroom/http/response'"],
    ['functions/orders/order.ts', "import './order-store.ts'"],
    [
      'plugins/serverless-offline-rabbitmq/polling/poller.ts',
      "import { log } from '@stockroom/runtime/logger'",
    ],
    [
      'plugins/serverless-offline-rabbitmq/polling/poller.ts',
      "export * from '../../../layers/runtime/logger.ts'",
    ],
    ['local/plugin.ts', "import { Poller } from '../plugins/serverless-offline-rabbitmq/polling/poller.ts'"],
    ['migrations/all.ts', "import { ports } from '../local/ports.ts'"],
    ['bench/size.ts', "import { own } from '../tests/support/own-services.ts'"],
    ['artillery/run.ts', "import { own } from '../tests/support/own-services.ts'"],
  ])('sees what is forbidden in %s: %s', (from, source) => {
    expect(broken(arrowsOf(from, `// A file.\n${source}\n`))).not.toEqual([])
  })

  it.each([
    ['functions/orders/create-order.ts', "import { findProduct } from '../products/catalogue.ts'"],
    ['functions/orders/order.ts', "import Type, { type Static } from 'typebox'"],
    [
      'functions/products/reduce-stock-on-order-created.ts',
      "import { compareWithOrders } from '../orders/placed-orders.ts'",
    ],
    ['functions/storefront/show.ts', "import { recentOrders } from '../orders/recent-orders.ts'"],
    ['layers/http/endpoint.ts', "import { within } from '@stockroom/runtime/deadline'"],
    ['local/plugin.ts', "import { migrateAll } from '../migrations/all.ts'"],
    ['local/plugin.ts', "import type { Log } from '../plugins/serverless-offline-rabbitmq/index.ts'"],
    ['layers/http/endpoint.ts', " * A comment on '../../functions/products/stock.ts'"],
  ])('allows the rest in %s: %s', (from, source) => {
    expect(broken(arrowsOf(from, `// A file.\n${source}\n`))).toEqual([])
  })
})
