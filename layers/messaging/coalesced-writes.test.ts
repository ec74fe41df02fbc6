import { Writable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { coalesceWrites } from './coalesced-writes.ts'

/** Keeps what reaches the system, one list a call. */
function openStream() {
  const calls: string[][] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      calls.push([String(chunk)])
      done()
    },
    writev(chunks, done) {
      calls.push(chunks.map(({ chunk }) => String(chunk)))
      done()
    },
  })
  coalesceWrites(stream)
  return { stream, calls }
}

const turn = () => new Promise(setImmediate)

describe('a stream with coalesced writes', () => {
  it('sends what is written within one turn at once, in its order', async () => {
    const { stream, calls } = openStream()

    for (const text of ['a', 'b', 'c']) stream.write(text)
    await turn()

    expect(calls).toEqual([['a', 'b', 'c']])
  })

  it('sends what is written in a later turn on its own', async () => {
    const { stream, calls } = openStream()

    stream.write('a')
    await turn()
    stream.write('b')
    await turn()

    expect(calls).toEqual([['a'], ['b']])
  })

  it('sends what is written right before it ends', async () => {
    const { stream, calls } = openStream()

    stream.write('a')
    stream.end('b')
    await turn()

    expect(calls.flat()).toEqual(['a', 'b'])
  })

  it('tells when a write has been done', async () => {
    const { stream, calls } = openStream()

    await new Promise((resolve) => stream.write('a', resolve))

    expect(calls).toEqual([['a']])
  })

  it('asks for a pause when more waits than the stream wants', () => {
    const { stream } = openStream()

    expect(stream.write(Buffer.alloc(1_000_000))).toBe(false)
  })
})
