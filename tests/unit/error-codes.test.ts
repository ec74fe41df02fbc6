import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { errorCodes } from '@stockroom/http/error-codes'

const rows = readFileSync('docs/errors.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, code, status, title, solution] = /^\| `(.+?)` \| (\d+) \| (.+?) \| (.*) \|$/.exec(line) ?? []
    return code ? [{ code, status: Number(status), title, solution }] : []
  })

it('docs/errors.md lists every error code with its status and title, in their order, and no other', () => {
  const table = Object.entries(errorCodes).map(([code, entry]) => ({ code, ...entry }))

  expect(rows.map(({ code, status, title }) => ({ code, status, title }))).toEqual(table)
})

it.each(rows.map(({ code, solution }) => [code, solution]))(
  'docs/errors.md says how to solve %s',
  (_, text) => {
    expect(text).toMatch(/^[A-Z].{20,}\.$/)
  },
)
