import { readFileSync, statSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { anchoredLines, templatePaths } from '../../support/cloudformation/template.ts'

/** Bytes of a template that `aws cloudformation deploy` sends as it is; a larger one needs a bucket. */
const largestBody = 51_200

it.each([templatePaths.infrastructure, templatePaths['existing infrastructure']])(
  '%s can be sent without a bucket',
  (path) => {
    expect(statSync(path).size).toBeLessThanOrEqual(largestBody)
  },
)

// osls sends the shop's template as JSON, so files that it reads may have aliases.
it.each(Object.values(templatePaths))('%s has no aliases, which CloudFormation refuses', (path) => {
  expect(anchoredLines(readFileSync(path, 'utf8'))).toEqual([])
})

it('finds an alias in lists, objects and texts', () => {
  expect(anchoredLines('a: [&b { c: &d e }]\nf: *b\ng: &h\n  - *d\n')).toHaveLength(3)
})
