import { expect, it } from '@jest/globals'
import { sample } from '../tests/support/run-record.ts'
import { progressLine, progressPrinter } from './progress.ts'

it('tells of the time since the line before', () => {
  const line = progressLine(sample(0), sample(5), sample(10, { accepted: 1500, pending: 12 }))

  expect(line.split(/ {2,}/).filter(Boolean)).toEqual([
    '10 s',
    '200 orders/s',
    '12 pending',
    'queues 1 + 0',
    'shop 50 % 300 MB',
    'generator 30 %',
    'machine 50 %',
  ])
})

it('speaks every five seconds', () => {
  const lines: string[] = []
  const print = progressPrinter((line) => lines.push(line))

  for (let second = 0; second <= 12; second++) print(sample(second))

  expect(lines.map((line) => line.trim().split(' ')[0])).toEqual(['5', '10'])
})
