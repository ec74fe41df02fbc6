import { describe, expect, it } from '@jest/globals'
import { cacheHeader, json, noContent } from './response.ts'

describe('an answer', () => {
  it('is JSON with the headers that it was given', () => {
    expect(json(201, { id: 7 }, { location: '/things/7' })).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'application/json', location: '/things/7' },
      body: '{"id":7}',
    })
  })

  it('may have no content', () => {
    expect(noContent()).toEqual({ statusCode: 204, headers: {}, body: '' })
  })

  it('says whether it came out of the cache', () => {
    expect([cacheHeader(true), cacheHeader(false)]).toEqual([{ 'x-cache': 'HIT' }, { 'x-cache': 'MISS' }])
  })
})
