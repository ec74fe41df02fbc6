import { describe, expect, it } from '@jest/globals'
import { commandOf, pairsSettings, peakSettings, sizeSettings } from './settings.ts'

describe('the settings of the benchmark', () => {
  it('have defaults', () => {
    expect(peakSettings({})).toEqual({ rounds: 5, seconds: 3, connections: 64, perSecond: 1000, only: [] })
    expect(sizeSettings({})).toMatchObject({ sizes: [1000, 100_000, 5_000_000] })
  })

  it('name those who take part, set apart by semicolons', () => {
    expect(peakSettings({ BENCH_ONLY: 'shop;shop, 2 workers' }).only).toEqual(['shop', 'shop, 2 workers'])
  })

  it('name the commits to compare, the second HEAD when it is absent', () => {
    expect(pairsSettings({}, ['v1', 'v2']).revisions).toEqual(['v1', 'v2'])
    expect(pairsSettings({}, ['v1']).revisions).toEqual(['v1', 'HEAD'])
    expect(pairsSettings({}, ['v1']).start).toBe('npm start --silent')
    expect(pairsSettings({}, ['v1']).perSecond).toBeUndefined()
    expect(pairsSettings({ BENCH_RATE: '1000' }, ['v1']).perSecond).toBe(1000)
    expect(() => pairsSettings({}, [])).toThrow('npm run bench:pairs -- BEFORE [AFTER]')
  })

  it('name the variable that is wrong', () => {
    expect(() => peakSettings({ BENCH_ROUNDS: 'many' })).toThrow('BENCH_ROUNDS')
    expect(() => sizeSettings({ BENCH_ORDERS: '10' })).toThrow('BENCH_ORDERS')
  })
})

it('tells the command with the variables that were set', () => {
  const environment = { BENCH_SECONDS: '5', BENCH_ROUNDS: '3', BENCH_ONLY: '', HOME: '/home' }

  expect(commandOf('bench', environment)).toBe('BENCH_ROUNDS=3 BENCH_SECONDS=5 npm run bench')
})

it('tells a variable of several words as a shell takes it', () => {
  expect(commandOf('bench:pairs', { BENCH_START: 'node --version' })).toBe(
    "BENCH_START='node --version' npm run bench:pairs",
  )
})
