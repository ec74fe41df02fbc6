import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from '@jest/globals'
import { sampleEvents } from '../artefacts/sample-events.ts'

const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown }

it('there is a sample event for every function, with which its zip is tried', () => {
  const { functions } = load(readFileSync('serverless.yml', 'utf8')) as { functions: object }

  expect(Object.keys(sampleEvents('')).sort()).toEqual(Object.keys(functions).sort())
})
