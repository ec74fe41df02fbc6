import { describe, expect, it } from '@jest/globals'
import { groupProcesses, type Roots, topmostNamed } from './process-groups.ts'

const entry = (pid: number, parent: number, name = 'x') => ({
  pid,
  parent,
  group: pid,
  name,
  cpuMs: 0,
  endedChildrenMs: 0,
})
const groupsOf = (processes: ReturnType<typeof entry>[], roots: Roots) =>
  Object.fromEntries(
    [...groupProcesses(processes, roots)].map(([name, members]) => [name, members.map(({ pid }) => pid)]),
  )

describe('the groups of processes', () => {
  it('have the root and all below it', () => {
    const processes = [entry(1, 0), entry(10, 1), entry(11, 10), entry(12, 11), entry(20, 1)]

    expect(groupsOf(processes, { shop: [10] })).toEqual({ shop: [10, 11, 12] })
  })

  it("leave an embedded database out of its shop's group", () => {
    const processes = [entry(10, 1), entry(11, 10), entry(12, 11), entry(13, 10)]

    expect(groupsOf(processes, { shop: [10], PostgreSQL: [11] })).toEqual({
      shop: [10, 13],
      PostgreSQL: [11, 12],
    })
  })

  it('are none of a program that has ended', () => {
    expect(groupsOf([entry(1, 0)], { shop: [10] })).toEqual({})
  })
})

it('finds a server by its name, without the processes that it started', () => {
  const processes = [
    entry(5, 1, 'postgres'),
    entry(6, 5, 'postgres'),
    entry(7, 1, 'postgres'),
    entry(8, 1, 'psql'),
  ]

  expect(topmostNamed(processes, /^postgres$/)).toEqual([5, 7])
})
