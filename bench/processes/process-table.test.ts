import { expect, it } from '@jest/globals'
import { entryOf } from './process-table.ts'

const stat = (name: string) =>
  `4711 (${name}) S 42 4711 4711 0 -1 4194560 9 0 0 0 150 25 7 8 20 0 1 0 99 1000 10`

it.each(['node', 'a (strange) name', ') S 1 '])('reads a process whose name is "%s"', (name) => {
  expect(entryOf(stat(name))).toEqual({
    pid: 4711,
    parent: 42,
    group: 4711,
    name,
    cpuMs: 1750,
    endedChildrenMs: 150,
  })
})
