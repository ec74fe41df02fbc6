import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { errorCodes } from '@stockroom/http/error-codes'
import { apiDocument } from '../../functions/operations/api-document.ts'
import { serverlessFile } from '../support/cloudformation/serverless-file.ts'

type HttpEvent = string | { method: string; path: string; authorizer?: object }
interface Operation {
  operationId: string
  summary: string
  description: string
  security: object[]
  responses: Record<string, { content?: Record<string, { examples?: Record<string, unknown> }> }>
}

const paths = apiDocument.paths as Record<string, Record<string, Operation>>
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path}`,
    ...operation,
  })),
)

/** Each route of serverless.yml with its function; the `*` of unknown routes is none. */
const routes = Object.entries(serverlessFile.functions).flatMap(([name, { events = [] }]) =>
  events.flatMap((event) => {
    const httpApi = event.httpApi as HttpEvent | undefined
    if (!httpApi || httpApi === '*') return []
    const route = typeof httpApi === 'string' ? httpApi : `${httpApi.method} ${httpApi.path}`
    return [{ name, route, isGuarded: typeof httpApi === 'object' && 'authorizer' in httpApi }]
  }),
)
const ofMethod = (method: string) =>
  routes
    .filter(({ route }) => route.startsWith(`${method} `))
    .map(({ name, route }) => `${name}: ${route.split(' ')[1]}`)

describe('the OpenAPI document and serverless.yml', () => {
  it('know the same routes, under the same names', () => {
    const documented = operations.map(({ operationId, route }) => `${operationId}: ${route}`)

    const served = routes.filter(({ route }) => !route.startsWith('HEAD '))
    expect(documented.sort()).toEqual(served.map(({ name, route }) => `${name}: ${route}`).sort())
  })

  it('let HEAD have what GET has, by the same function', () => {
    expect(ofMethod('HEAD')).toEqual(ofMethod('GET'))
  })

  it('agree on the routes that want the admin key', () => {
    const documented = operations.filter(({ security }) => security.length > 0).map(({ route }) => route)

    const guarded = routes.filter(({ isGuarded }) => isGuarded).map(({ route }) => route)
    expect(documented.sort()).toEqual(guarded.filter((route) => !route.startsWith('HEAD ')).sort())
    // What GET keeps to itself HEAD must not tell.
    for (const route of guarded.filter((guarded) => guarded.startsWith('GET ')))
      expect(guarded).toContain(route.replace('GET', 'HEAD'))
  })
})

describe('the table of routes in README.md', () => {
  /** What every such route answers, and README says once. */
  const ofMany = ['401', '403', '413', '415', '429']
  const rowOf = (route: string, statuses: string[]) => {
    const ofClass = (first: string) => statuses.filter((status) => status.startsWith(first)).join(', ')
    return `| ${route} | ${ofClass('2')} | ${ofClass('4')} |`
  }
  const rows = readFileSync('README.md', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, route, statuses] = /^\| `([A-Z]+ [^`?]+)[^|]*(\|[^|]*\|[^|]*\|)$/.exec(line) ?? []
      return route && route !== 'GET /metrics' ? [rowOf(route, statuses?.match(/\b[24]\d\d\b/g) ?? [])] : []
    })

  it('has a row for each, but for the files of pages, with what it answers beside 503', () => {
    const expected = operations
      .filter(({ route }) => !route.includes('{file}'))
      .map(({ route, responses }) =>
        rowOf(
          route,
          Object.keys(responses).filter((status) => !ofMany.includes(status)),
        ),
      )

    expect(rows.sort()).toEqual(expected.sort())
  })
})

describe('the OpenAPI document', () => {
  it('is the one in docs/openapi.json, in the version of the package; npm run openapi writes it', () => {
    const [written, { version }] = ['docs/openapi.json', 'package.json'].map((path) =>
      JSON.parse(readFileSync(path, 'utf8')),
    )

    expect(written).toEqual(JSON.parse(JSON.stringify(apiDocument)))
    expect(written.info.version).toBe(version)
  })

  it('is found sound by a linter, examples included', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // POST /orders/product/cancellation cancels the order `product`, which there is none of; GET lists no orders.
        'no-ambiguous-paths': 'off',
        // The shop that serves the document is its server, wherever that is.
        'no-server-example.com': 'error',
        'no-invalid-schema-examples': 'error',
        'no-invalid-media-type-examples': 'error',
        'no-invalid-parameter-examples': 'error',
        'no-unused-components': 'error',
        'tag-description': 'error',
        'operation-description': 'error',
      },
    })

    const problems = await lintFromString({ source: JSON.stringify(apiDocument), config })

    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
      [],
    )
  })

  it('gives every enumeration a type', () => {
    JSON.stringify(apiDocument, (key, value) => {
      if (value?.enum) expect({ key, type: value.type }).toEqual({ key, type: expect.any(String) })
      return value
    })
  })

  it('has regular expressions that every engine takes, and examples that they match', () => {
    const patterns = [...JSON.stringify(apiDocument).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text]) => JSON.parse(text as string) as string,
    )

    // Without the flag u, as Python's re, Go's RE2 and Java know it: no look-around, no properties, no \u, no [^].
    expect(patterns.length).toBeGreaterThan(5)
    for (const pattern of patterns) expect(() => new RegExp(pattern)).not.toThrow()
    expect(patterns.filter((pattern) => /\(\?|\\[pPukbBZ]|\[\^?\]/.test(pattern))).toEqual([])
  })

  it.each(operations.map((operation) => [operation.route, operation] as const))(
    'says of %s what it does, and shows a problem for every refusal',
    (_, { summary, description, responses }) => {
      const refusals = Object.values(responses).flatMap(({ content }) =>
        Object.keys(content?.['application/json']?.examples ?? {}),
      )

      expect(summary).toMatch(/^[A-Z].*[^.]$/)
      expect(description).toMatch(/\.$/)
      expect(refusals).toContain('internal-error')
    },
  )

  it('names every error code somewhere that an operation can respond', () => {
    const text = JSON.stringify(paths)

    const unnamed = Object.keys(errorCodes).filter((code) => !text.includes(`"${code}":`))
    expect(unnamed).toEqual(['method-not-allowed'])
  })
})
