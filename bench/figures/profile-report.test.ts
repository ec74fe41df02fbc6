import { expect, it } from '@jest/globals'
import { rowOf } from '../../tests/support/table-row.ts'
import { profileReport } from './profile-report.ts'

const run = (name: string, busy: number) => ({
  name,
  orders: 1000,
  seconds: 2,
  cpuMs: new Map([
    ['shop', busy],
    ['Redis', 10],
  ]),
  parts: new Map([
    ['idle', 5000],
    ['Node.js', 100],
    ['amqplib', 300],
  ]),
})

it('shows what an order takes of each program, and of all together', () => {
  const report = profileReport([run('accepting', 100), run('settling', 250)])

  expect(rowOf(report, 'shop')).toEqual(['shop', '100', '250'])
  expect(rowOf(report, 'together')).toEqual(['together', '110', '260'])
  expect(rowOf(report, 'orders/s')).toEqual(['orders/s', '500', '500'])
})

it('shows the parts of the time in which the shop was not idle, the largest first', () => {
  const report = profileReport([run('accepting', 100)])

  expect(rowOf(report, 'amqplib')).toEqual(['amqplib', '75.0'])
  expect(rowOf(report, 'Node.js')).toEqual(['Node.js', '25.0'])
  expect(report.indexOf('amqplib')).toBeLessThan(report.indexOf('Node.js'))
  expect(report).not.toContain('idle')
})
