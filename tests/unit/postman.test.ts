import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const text = readFileSync('docs/postman/stockroom.postman_collection.json', 'utf8')
const collection = JSON.parse(text) as { variable?: { key: string; value: string }[] }
const found = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, name]) => name as string))

describe('the Postman collection', () => {
  it('leaves nothing in an environment, so that it needs none', () => {
    expect(text).not.toMatch(/pm\.(environment|globals)\b/)
  })

  it('has a value for every variable, of its own or from a request before', () => {
    const known = new Set([
      ...(collection.variable ?? []).map(({ key }) => key),
      ...found(/pm\.collectionVariables\.set\('(\w+)'/g),
    ])

    expect([...found(/\{\{(\w+)\}\}/g)].filter((name) => !known.has(name))).toEqual([])
  })

  it('is for the shop that npm start serves', () => {
    expect(collection.variable).toContainEqual(
      expect.objectContaining({ key: 'baseUrl', value: 'http://localhost:3000' }),
    )
  })
})
