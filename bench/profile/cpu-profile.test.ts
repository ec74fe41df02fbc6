import { describe, expect, it } from '@jest/globals'
import { type CpuProfile, timeByPart } from './cpu-profile.ts'

/** A profile with one sample of each function, one after the other, 10 µs apart. */
function profileOf(...functions: [functionName: string, url: string][]): CpuProfile {
  const nodes = functions.map(([functionName, url], id) => ({ id, callFrame: { functionName, url } }))
  return {
    nodes,
    startTime: 1000,
    samples: nodes.map(({ id }) => id),
    timeDeltas: nodes.map(() => 10),
  }
}

const all = (profile: CpuProfile) => Object.fromEntries(timeByPart(profile, 0, 10_000))

describe('the time of a process', () => {
  it.each([
    ['serverless-offline, hapi', 'file:///shop/node_modules/@hapi/hapi/lib/request.js'],
    ['amqplib', '/shop/node_modules/amqplib/lib/codec.js'],
    ['knex, pg', '/shop/node_modules/pg-protocol/dist/parser.js'],
    ['other packages', '/shop/node_modules/ajv/dist/ajv.js'],
    ['emulator of event source mappings', 'file:///shop/plugins/serverless-offline-rabbitmq/poller.ts'],
    ['functions and layers', 'file:///shop/layers/cache/cache.ts'],
    ['Node.js', 'node:internal/streams/writable'],
  ])('is counted as %s for %s', (part, url) => {
    expect(all(profileOf(['work', url]))).toEqual({ [part]: 10 })
  })

  it.each([
    ['idle', '(idle)'],
    ['garbage collection', '(garbage collector)'],
    ['system calls that write', 'writev'],
    ['V8 and other system calls', '(program)'],
  ])('is counted as %s for %s', (part, functionName) => {
    expect(all(profileOf([functionName, '']))).toEqual({ [part]: 10 })
  })

  it('is that of a span alone', () => {
    const idle: [string, string] = ['(idle)', '']
    const profile = profileOf(idle, idle, idle, idle)

    const times = timeByPart(profile, 1015, 1035)

    expect(Object.fromEntries(times)).toEqual({ idle: 20 })
  })
})
