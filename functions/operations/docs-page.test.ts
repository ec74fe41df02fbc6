import { describe, expect, it } from '@jest/globals'
import { apiEvent } from '../../tests/support/api-event.ts'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { docsFiles } from './docs-page.ts'
import { handler as getDocs } from './get-docs.ts'
import { handler as getDocsFile } from './get-docs-file.ts'

const page = () => getDocs(apiEvent(), lambdaContext())
const file = (name: string) => getDocsFile(apiEvent({ path: { file: name } }), lambdaContext())

describe('the page at /docs', () => {
  it('loads nothing but the files beside it', async () => {
    const { statusCode, headers, body } = await page()

    const addresses = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string)
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(addresses.filter((address) => address !== 'data:,').sort()).toEqual(
      [...docsFiles.keys()].map((name) => `/docs/${name}`).sort(),
    )
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self';/)
  })

  it.each([
    ['swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle'],
    ['show.js', 'text/javascript; charset=utf-8', "url: '/openapi.json'"],
  ])('has its file %s', async (name, contentType, content) => {
    const { statusCode, headers, body } = await file(name)

    expect([statusCode, headers['content-type']]).toEqual([200, contentType])
    expect(body).toContain(content)
  })

  it.each(['package.json', '../package.json', 'swagger-ui.css.map', '', 'constructor'])(
    'has no other file, such as "%s"',
    async (name) => {
      const { body } = await send(getDocsFile, { path: { file: name } })

      expect(body).toEqual(problem(404, 'route-not-found'))
    },
  )
})

describe('a file of the page', () => {
  itKeepsTheEndpointPromises(getDocsFile, { request: { route: 'GET /docs/{file}', path: { file: 'none' } } })
})
