import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'

/** An import of one of our files (or of a package) by one of our files; paths from the root of the repository. */
interface Arrow {
  from: string
  to: string
}

interface Rule {
  name: string
  sentence: string
  forbids(arrow: Arrow): boolean
  /** Whether it is for tests, too; they stand beside what they test and may import anything else. */
  isForTests?: true
}

const isIn = (folder: string) => (path: string) => path.startsWith(`${folder}/`)
const isProducts = isIn('functions/products')
const isOrders = isIn('functions/orders')
const isEmulator = isIn('plugins/serverless-offline-rabbitmq')
const door = 'plugins/serverless-offline-rabbitmq/index.ts'
const folderOf = (path: string) => path.slice(0, path.indexOf('/'))

/** Each folder and what it may import beside itself; what stands in `tests` may import anything. */
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
  tests: [],
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
      ![folderOf(to), 'tests'].includes(folderOf(from)) &&
      !mayImport[folderOf(from)]?.includes(folderOf(to)),
  },
  {
    name: 'stores-stay-at-home',
    sentence:
      'A store belongs to the domain whose tables it reads, so nobody outside of its folder imports it, but for tests.',
    forbids: ({ from, to }) =>
      /-store\.ts$/.test(to) && dirname(from) !== dirname(to) && folderOf(from) !== 'tests',
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
    isForTests: true,
  },
  {
    name: 'the-emulator-has-one-door',
    sentence: 'The shop uses what the package exports and nothing else of it: index.ts.',
    forbids: ({ from, to }) => !isEmulator(from) && isEmulator(to) && to !== door,
    isForTests: true,
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
  if (specifier.startsWith('.')) return join(dirname(from), specifier)
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

const read = (path: string) => readFileSync(path, 'utf8')
const isTest = ({ from }: Arrow) => from.endsWith('.test.ts')
const everywhere = globSync(`{${Object.keys(mayImport)}}/**/*.ts`, {
  exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(path),
}).flatMap((path) => arrowsOf(path, read(path)))
const arrows = everywhere.filter((arrow) => !isTest(arrow))

describe('the arrows between our files', () => {
  it.each(rules.map((rule) => [rule.name, rule] as const))('keep the rule %s', (_, rule) => {
    const wrong = (rule.isForTests ? everywhere : arrows).filter((arrow) => rule.forbids(arrow))

    expect({ sentence: rule.sentence, wrong }).toEqual({ sentence: rule.sentence, wrong: [] })
  })

  it('are all seen: each folder has some', () => {
    expect(everywhere).toEqual(
      expect.arrayContaining([
        { from: 'functions/orders/create-order.ts', to: 'functions/products/catalogue.ts' },
        { from: 'functions/orders/create-order.ts', to: 'layers/http/endpoint.ts' },
        { from: 'functions/orders/order.ts', to: 'typebox' },
        { from: 'tests/integration/rabbitmq/consumers.test.ts', to: door },
      ]),
    )
    expect(new Set(arrows.map(({ from }) => folderOf(from)))).toEqual(new Set(Object.keys(mayImport)))
  })

  it('never lead back to where they begin', () => {
    expect(circlesOf(arrows)).toEqual([])
  })
})

it('each folder of the repository has its line in the table of what it may import', () => {
  const withoutSources = ['docs', 'coverage', 'node_modules']
  const folders = globSync('*', { withFileTypes: true }).filter((entry) => entry.isDirectory())

  const withSources = folders.map(({ name }) => name).filter((name) => !withoutSources.includes(name))
  expect(withSources.sort()).toEqual(Object.keys(mayImport).sort())
})

it('the door of the emulator is what serverless.yml names, and what the package exports alone', () => {
  const { exports } = JSON.parse(read('plugins/serverless-offline-rabbitmq/package.json'))

  expect(read('serverless.yml').match(/plugins\/serverless-offline-rabbitmq\/\S+/g)).toEqual([door])
  expect(Object.keys(exports)).toEqual(['.', './package.json'])
  expect(exports['.'].default).toBe('./dist/index.js')
})

describe('the check of the arrows', () => {
  const broken = (from: string, source: string) =>
    rules.filter(({ forbids }) => arrowsOf(from, `// A file.\n${source}\n`).some(forbids))
  const poller = 'plugins/serverless-offline-rabbitmq/polling/poller.ts'

  it.each([
    ['layers/cache/cache.ts', "import '../../tests/support/api-event.ts'"],
    ['functions/orders/create-order.ts', "import {\n  findProducts,\n} from '../products/product-store.ts'"],
    ['functions/storefront/show.ts', "export { listOrders } from '../orders/order-store.ts'"],
    ['functions/orders/create-order.ts', "import type { Product } from '../products/product.ts'"],
    ['functions/products/catalogue.ts', "const orders = await import('../orders/recent-orders.ts')"],
    ['functions/products/stock.ts', "import Type from 'typebox'"],
    ['functions/products/product.ts', "import { json } from '@stockroom/http/response'"],
    [poller, "export * from '../../../layers/runtime/logger.ts'"],
    ['local/plugin.ts', `import { Poller } from '../${poller}'`],
    ['bench/size.ts', "import { own } from '../tests/support/own-services.ts'"],
    ['artillery/run.ts', "import { own } from '../tests/support/own-services.ts'"],
  ])('sees what is forbidden in %s: %s', (from, source) => {
    expect(broken(from, source)).not.toEqual([])
  })

  it.each([
    ['functions/orders/create-order.ts', "import { findProduct } from '../products/catalogue.ts'"],
    ['functions/orders/order.ts', "import Type, { type Static } from 'typebox'"],
    ['functions/products/reduce.ts', "import { compareWithOrders } from '../orders/placed-orders.ts'"],
    ['layers/http/endpoint.ts', "import { within } from '@stockroom/runtime/deadline'"],
    ['local/plugin.ts', `import type { Log } from '../${door}'`],
    ['layers/http/endpoint.ts', " * A comment on '../../functions/products/stock.ts'"],
  ])('allows the rest in %s: %s', (from, source) => {
    expect(broken(from, source)).toEqual([])
  })

  it('sees imports that lead back to where they begin', () => {
    const around = ['a b', 'b c', 'c a', 'd a'].map((pair) => pair.split(' ') as [string, string])

    expect(circlesOf(around.map(([from, to]) => ({ from, to })))).toEqual([['a', 'b', 'c']])
  })
})
