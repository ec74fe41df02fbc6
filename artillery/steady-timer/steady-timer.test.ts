import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { SteadyTimer } from './steady-timer.ts'

const task = jest.fn<() => void>()
let timer: SteadyTimer

beforeEach(() => {
  jest.useFakeTimers()
  task.mockReset()
  timer = new SteadyTimer()
})
afterEach(() => {
  timer.clearInterval()
  jest.useRealTimers()
})

it.each([
  ['1000u', 1000],
  ['100u', 10_000], // ten in each millisecond that it sleeps
  ['700u', 1428],
  ['4m', 250],
  ['0.5s', 2],
])('an interval of %s comes %i times a second', (interval, times) => {
  timer.setInterval(task, '', interval)

  jest.advanceTimersByTime(1000)

  expect(task).toHaveBeenCalledTimes(times)
})

it('nothing comes after the interval was cleared, by the task itself too', () => {
  timer.setInterval(
    () => {
      task()
      if (task.mock.calls.length === 3) timer.clearInterval()
    },
    '',
    '100u',
  )

  jest.advanceTimersByTime(100)

  expect(task).toHaveBeenCalledTimes(3)
})

it('an interval that is none is refused', () => {
  expect(() => timer.setInterval(task, '', 'soon')).toThrow('soon is no interval')
})

it('artillery gets it where it asks for nanotimer', () => {
  const { packages } = JSON.parse(readFileSync('artillery/package-lock.json', 'utf8'))
  const places = Object.keys(packages).filter((place) => place.endsWith('node_modules/nanotimer'))

  expect(places.map((place) => packages[place])).toEqual([{ resolved: 'steady-timer', link: true }])
})
