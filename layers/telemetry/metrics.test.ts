import { expect, it } from '@jest/globals'
import { counters, type Description, gauges, histograms, useSink } from './metrics.ts'

const description: Description = {
  name: 'things_total',
  cloudWatchName: 'Things',
  help: 'Things.',
  unit: 'count',
  labels: ['kind', 'colour'],
}

const labels = { kind: 'pen', colour: 'red' }

it('counters count up, each combination of labels by itself', () => {
  const things = counters(description)

  things.of('pen', 'red').add()
  things.of('pen', 'blue').add(3)
  things.of('pen', 'red').add()

  expect([...things.metrics()].map(({ labels, value }) => [labels, value])).toEqual([
    [labels, 2],
    [{ kind: 'pen', colour: 'blue' }, 3],
  ])
})

it('histograms count values by size; a value on a bound belongs to it', () => {
  const sizes = histograms(description, [1, 10])

  for (const value of [0, 1, 1.5, 10, 11, 1000]) sizes.of('pen', 'red').observe(value)

  expect(sizes.of('pen', 'red')).toMatchObject({ counts: [2, 2, 2], sum: 1023.5 })
})

it('gauges keep what was set last, each combination of labels by itself', () => {
  const things = gauges(description)

  things.set(3, 'pen', 'red')
  things.set(5, 'pen', 'blue')
  things.set(2, 'pen', 'red')

  expect([...things.latest()]).toEqual([
    { labels, value: 2 },
    { labels: { kind: 'pen', colour: 'blue' }, value: 5 },
  ])
})

it('a sink gets every value as it is recorded', () => {
  const values: unknown[] = []
  useSink(({ cloudWatchName }, labels, value) => values.push([cloudWatchName, labels, value]))

  counters(description).of('pen', 'red').add(2)
  histograms(description, [1]).of('pen', 'red').observe(0.5)
  gauges(description).set(7, 'pen', 'red')
  useSink(undefined)

  expect(values).toEqual([2, 0.5, 7].map((value) => ['Things', labels, value]))
})
