import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { arrivalsOf, loadSettings } from './settings.ts'

describe('the settings of a load', () => {
  it('are a thousand orders a second for a minute, when nothing is said', () => {
    const settings = loadSettings({})

    expect(settings).toMatchObject({ scenario: 'pure', target: undefined, rate: 1000, seconds: 60 })
    expect(settings.ratios).toEqual({ p95: 10, p99: 30, settledP99: 5 })
  })

  it('take what is said over the defaults of another kind of run', () => {
    const settings = loadSettings({ LOAD_RATE: '20' }, { rate: 500, seconds: 600 })

    expect(settings).toMatchObject({ rate: 20, seconds: 600 })
  })

  it('drop the slash at the end of the target', () => {
    expect(loadSettings({ LOAD_TARGET: 'http://localhost:3000/' }).target).toBe('http://localhost:3000')
  })

  it.each([
    ['LOAD_SCENARIO', 'wild', 'LOAD_SCENARIO must be one of pure, mixed, not "wild".'],
    ['LOAD_RATE', '0', 'LOAD_RATE must be a whole number from 1 to 100000, not "0".'],
    ['LOAD_RAMP_SECONDS', '-1', 'LOAD_RAMP_SECONDS must be a whole number from 1 to 3600, not "-1".'],
    ['LOAD_SECONDS', '1m', 'LOAD_SECONDS must be a whole number from 1 to 86400, not "1m".'],
    ['LOAD_P99_RATIO', 'fast', 'LOAD_P99_RATIO must be a whole number from 1 to 10000, not "fast".'],
    ['LOAD_TARGET', 'localhost:3000', 'LOAD_TARGET must be a URL that begins with http://.'],
  ])('refuse a wrong %s in one line: %s', (name, value, line) => {
    expect(() => loadSettings({ [name]: value })).toThrow(new Error(line))
  })

  it('are all in the table of artillery/README.md', () => {
    const read = new Set<string>()
    loadSettings(new Proxy({}, { get: (_, name) => void read.add(String(name)) }))

    const readme = readFileSync('artillery/README.md', 'utf8')

    expect([...readme.matchAll(/^\| `(LOAD_\w+)`/gm)].map(([, name]) => name).sort()).toEqual(
      [...read].sort(),
    )
  })
})

it('counts a ramp as half of its time at the full rate', () => {
  const settings = loadSettings({ LOAD_RATE: '100', LOAD_RAMP_SECONDS: '10', LOAD_SECONDS: '60' })

  expect(arrivalsOf(settings)).toBe(6500)
})
