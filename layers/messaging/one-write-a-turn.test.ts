import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import { writeOnceATurn } from './one-write-a-turn.ts'

/** A socket that notes what each system call would take along. */
class NotedSocket extends Duplex {
  readonly calls: string[] = []

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.calls.push(chunk.toString())
    done()
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.calls.push(chunks.map(({ chunk }) => chunk.toString()).join('+'))
    done()
  }
}

it('frames of one turn leave together, those of the next one after them', async () => {
  const stream = new NotedSocket()
  writeOnceATurn({ stream })

  stream.write('publish')
  stream.write('acknowledge')
  await turn()
  stream.write('publish')
  await turn()

  expect(stream.calls).toEqual(['publish+acknowledge', 'publish'])
})

it('a connection that has no such stream is left alone', () => {
  for (const connection of [undefined, {}, { stream: { write: 'not shown' } }]) {
    expect(() => writeOnceATurn(connection)).not.toThrow()
  }
})
