import { describe, expect, it } from '@jest/globals'
import { findBrowser } from './browser.ts'

describe('the browser', () => {
  it('is the one that CHROMIUM names', () => {
    expect(findBrowser({ CHROMIUM: '/somewhere/chrome', PATH: '/usr/bin' })).toBe('/somewhere/chrome')
  })

  it('is none where there is none', () => {
    expect(findBrowser({ PATH: '/nowhere:/neither' })).toBeUndefined()
  })
})
