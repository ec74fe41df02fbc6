import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

describe.each(['README.md', 'docs/requests.http'])('the requests in %s', (file) => {
  const text = readFileSync(file, 'utf8')
  const shown = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, value]) => value)

  it('order a product that the first start adds, or that one before them has made', () => {
    const samples = 4
    const lastBefore = (index: number) =>
      samples + (text.slice(0, index).match(/\/products\b.*\s.*"name":/g) ?? []).length

    const missing = [...text.matchAll(/"productId": (\d+)/g)].filter(
      ({ 1: id, index }) => Number(id) > lastBefore(index),
    )

    expect(missing).toEqual([])
  })

  it('have no idempotency key that whoever sends them would have in common', () => {
    expect(shown(/idempotency-key: ([\w-]+)/gi)).toEqual([])
  })
})
