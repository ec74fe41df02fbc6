import { hash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { metricsFunction } from '../../local/metrics/metrics-route.ts'
import { apiEvent } from '../../tests/support/api-event.ts'
import { expectContract } from '../../tests/support/contract.ts'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { allRoutes } from './all-routes.ts'
import { handler } from './get-home.ts'

const page = (headers: Record<string, string> = {}) => handler(apiEvent({ headers }), lambdaContext())

describe('the page at /', () => {
  it('leads to pages that are there', async () => {
    const { body } = await page()

    const known = allRoutes.flatMap(({ routes }) => Object.values(routes)).map(({ route }) => route)
    const linked = [...body.matchAll(/<a href="([^"]+)"/g)].map(([, address]) => `GET ${address}`)
    expect(linked).toContain('GET /docs')
    const { method, path } = metricsFunction.events[0]?.httpApi ?? {}
    expect([...known, `${method} ${path}`]).toEqual(expect.arrayContaining(linked))
  })

  it('is what the OpenAPI document says', async () => {
    const { statusCode, headers, body } = await page()

    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expectContract({ method: 'GET', path: '/', status: statusCode, headers, body })
  })

  it('lets a browser run no script and use no style but its own', async () => {
    const { headers, body } = await page()

    const style = /<style>([^<]*)<\/style>/.exec(body)?.[1] ?? ''
    expect(headers['content-security-policy']).toContain(
      `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}';`,
    )
    expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe/)
  })

  it('is not sent again to who has it', async () => {
    const { headers } = await page()

    const again = await page({ 'if-none-match': String(headers.etag) })

    expect([again.statusCode, again.body]).toEqual([304, ''])
  })
})
