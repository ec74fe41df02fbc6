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
const isLayer = isIn('layers')
const isFunction = isIn('functions')
const isProducts = isIn('functions/products')
const isOrders = isIn('functions/orders')
const isEmulator = isIn('plugins/serverless-offline-rabbitmq')
const isLocal = isIn('local')
const isStore = (path: string) => /-store\.ts$/.test(path)
const isOurs = (path: string) => path.endsWith('.ts') || isLayer(path)
const pureRules = [
  'functions/products/stock.ts',
  'functions/products/product.ts',
  'functions/orders/order.ts',
]

const rules: Rule[] = [
  {
    name: 'layers-know-no-functions',
    sentence:
      'A layer is shared by all functions, so it imports no function, nothing local, no plugin, no test.',
    forbids: ({ from, to }) => isLayer(from) && isOurs(to) && !isLayer(to),
  },
  {
    name: 'functions-know-no-machinery',
    sentence: 'A function runs in AWS, so it imports functions, layers and migrations alone.',
    forbids: ({ from, to }) =>
      isFunction(from) && isOurs(to) && !isFunction(to) && !isLayer(to) && !isIn('migrations')(to),
  },
  {
    name: 'stores-stay-at-home',
    sentence:
      'A store belongs to the domain whose tables it reads, so nobody outside of its folder imports it.',
    forbids: ({ from, to }) => isStore(to) && dirname(from) !== dirname(to),
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
    sentence: 'The emulator serves any project, so it imports nothing of this one.',
    forbids: ({ from, to }) => isEmulator(from) && isOurs(to) && !isEmulator(to),
  },
  {
    name: 'the-emulator-has-one-door',
    sentence: 'The shop uses what the package exports and nothing else of it: index.ts.',
    forbids: ({ from, to }) =>
      !isEmulator(from) && isEmulator(to) && to !== 'plugins/serverless-offline-rabbitmq/index.ts',
  },
  {
    name: 'local-stays-local',
    sentence: 'What makes the shop run on a laptop is imported by itself alone.',
    forbids: ({ from, to }) => isLocal(to) && !isLocal(from),
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
  return specifier.replace(/^@stockroom\//, 'layers/')
}

const broken = (arrows: Arrow[]) =>
  arrows.flatMap((arrow) =>
    rules
      .filter(({ forbids }) => forbids(arrow))
      .map(({ name }) => `${name}: ${arrow.from} imports ${arrow.to}`),
  )

const sources = globSync('{functions,layers,local,migrations,plugins}/**/*.ts', {
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
        { from: 'functions/orders/create-order.ts', to: 'layers/http/endpoint' },
        { from: 'functions/orders/order.ts', to: 'typebox' },
        { from: 'layers/messaging/announce.ts', to: 'layers/database/query' },
        { from: 'layers/http/endpoint.ts', to: 'layers/http/json-body.ts' },
        { from: 'migrations/all.ts', to: 'migrations/orders/20261121_000000_create_orders.ts' },
      ]),
    )
    expect(arrows.some(({ from }) => isLocal(from))).toBe(true)
    expect(arrows.some(({ from }) => isEmulator(from))).toBe(true)
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
    ['plugins/serverless-offline-rabbitmq/poller.ts', "import { log } from '@stockroom/runtime/logger'"],
    ['plugins/serverless-offline-rabbitmq/poller.ts', "export * from '../../layers/runtime/logger.ts'"],
    ['local/plugin.ts', "import { Poller } from '../plugins/serverless-offline-rabbitmq/poller.ts'"],
    ['migrations/all.ts', "import { ports } from '../local/ports.ts'"],
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
