import { describe, expect, it } from '@jest/globals'
import { errorCodes } from './error-codes.ts'

describe('the table of error codes', () => {
  it.each(Object.entries(errorCodes))('has a 4xx or 5xx status and a title for %s', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(entry.status).toBeGreaterThanOrEqual(400)
    expect(entry.status).toBeLessThan(600)
    expect(entry.title).not.toBe('')
  })

  it('has each title once', () => {
    const titles = Object.values(errorCodes).map(({ title }) => title)

    expect(new Set(titles).size).toBe(titles.length)
  })
})
