import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

describe.each(['README.md', 'docs/requests.http'])('the requests in %s', (file) => {
  const text = readFileSync(file, 'utf8')
  const shown = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, value]) => value)

  it('order a product that the first start adds', () => {
    const products = shown(/"productId": (\d+)/g).filter((id) => !['1', '2', '3', '4'].includes(String(id)))

    expect(products).toEqual([])
  })

  it('have no idempotency key that whoever sends them would have in common', () => {
    expect(shown(/idempotency-key: ([\w-]+)/gi)).toEqual([])
  })
})
