import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { awsPages } from '../fixtures/aws-pages.ts'

it('the README compares, row by row with its page, what is tested here', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, table = ''] = readme.split('## Emulator and AWS, row by row')

  const rows = table.split('\n## ')[0]?.matchAll(/^\| \[(.+?)\]\((.+?)\) \|/gm) ?? []

  expect(Object.fromEntries([...rows].map(([, row, page]) => [row, page]))).toEqual(awsPages)
})
