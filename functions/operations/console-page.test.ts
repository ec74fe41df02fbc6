import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { apiEvent } from '../../tests/support/api-event.ts'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { consoleFileNames } from './console-files.ts'
import { handler as getConsole } from './get-console.ts'
import { handler as getConsoleFile } from './get-console-file.ts'

const folder = new URL('./console/', import.meta.url)
const page = () => getConsole(apiEvent(), lambdaContext())
const file = (name: string) => getConsoleFile(apiEvent({ path: { file: name } }), lambdaContext())

describe('the page at /console', () => {
  it('loads nothing but the files beside it', async () => {
    const { statusCode, headers, body } = await page()

    const loaded = [...body.matchAll(/<(?:script|link)\b[^>]*(?:src|href)="([^"]+)"/g)].map(
      ([, name]) => name,
    )
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(loaded.filter((name) => name !== 'data:,')).toEqual(
      ['uplot.css', 'console.css', 'uplot.js', 'main.js'].map((name) => `/console/${name}`),
    )
  })

  it('lets a browser run and show nothing that is written into it', async () => {
    const { headers, body } = await page()

    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; /,
    )
    expect(headers['content-security-policy']).not.toMatch(/unsafe|http/)
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/)
  })

  it('has every element that its scripts look for', async () => {
    const { body } = await page()
    const scripts = globSync('*.js', { cwd: folder }).map((name) =>
      readFileSync(new URL(name, folder), 'utf8'),
    )

    const wanted = scripts.flatMap((script) =>
      [...script.matchAll(/byId\('([\w-]+)'\)/g)].map(([, id]) => id),
    )
    const ids = [...body.matchAll(/\sid="([\w-]+)"/g)].map(([, id]) => id)
    expect(wanted.length).toBeGreaterThan(30)
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('a file of the console', () => {
  itKeepsTheEndpointPromises(getConsoleFile, {
    request: { route: 'GET /console/{file}', path: { file: 'none' } },
  })

  it.each(consoleFileNames)('%s is there', async (name) => {
    const { statusCode, headers, body } = await file(name)

    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
    expect([statusCode, headers['content-type']]).toEqual([200, `${type}; charset=utf-8`])
    expect(body.length).toBeGreaterThan(100)
  })

  it('is each of those in their folder, and of two of uPlot', () => {
    const own = globSync('*', { cwd: folder })

    expect([...consoleFileNames].sort()).toEqual([...own, 'uplot.css', 'uplot.js'].sort())
  })

  it.each(['package.json', '../console-page.ts', '', 'constructor'])(
    'is no other one: "%s"',
    async (name) => {
      const { body } = await send(getConsoleFile, { path: { file: name } })

      expect(body).toEqual(problem(404, 'route-not-found'))
    },
  )
})
