import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { brokerUrl } from './broker.ts'
import { eventually } from './eventually.ts'
import { PolledQueue } from './polled-queue.ts'

const queue = PolledQueue.forEachTest()
beforeEach(() => queue.declare())

const atOnce = { batchingWindowMs: 0 }

/** A TCP proxy in front of the broker whose connections a test can cut. */
async function startProxy() {
  const sockets = new Set<Socket>()
  const { hostname, port } = new URL(brokerUrl)
  const proxy = createServer((inside) => {
    const outside = connect(Number(port || 5672), hostname)
    inside.pipe(outside).pipe(inside)
    for (const socket of [inside, outside]) sockets.add(socket.on('error', () => {}))
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(proxy.address() as { port: number }).port}`
  return {
    url: Object.assign(new URL(brokerUrl), { host }).href,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    close: () => proxy.close(),
  }
}

describe('Emulator, with RabbitMQ', () => {
  it('hands over the messages of a quorum queue in batches and acknowledges them', async () => {
    const sent = queue.send(25)

    const { batches } = await queue.poll(() => {}, { mappings: [{ batchSize: 10, batchingWindowMs: 500 }] })
    await eventually(() => batches().flat().length === 25)
    await queue.stop()

    expect(batches().map(({ length }) => length)).toEqual([10, 10, 5])
    expect(batches().flat()).toEqual(sent)
    expect(await queue.ready()).toBe(0)
  })

  it('returns a failed batch as a whole, in a way that counts towards the delivery limit', async () => {
    const sent = queue.send(3)

    const { batches } = await queue.poll(() => Promise.reject(new Error('poison')))
    await eventually(async () => (await queue.ready(queue.deadName)) === 3)

    // The limit of 2 allows two returns; the third sends the messages to the dead-letter queue.
    expect(batches()).toEqual([sent, sent, sent])
    expect(await queue.ready()).toBe(0)
  })

  it('runs more than one batch of a mapping at a time, as AWS does not, where it is asked to', async () => {
    queue.send(6)
    let running = 0
    let most = 0
    const invoke = async () => {
      running += 1
      most = Math.max(most, running)
      await pause(100)
      running -= 1
    }

    await queue.poll(invoke, { mappings: [{ batchSize: 1, ...atOnce }], concurrency: 3 })
    await eventually(async () => (await queue.ready()) === 0 && running === 0)

    expect(most).toBe(3)
  })

  it('leaves a batch to the broker whose connection was cut while it ran, and goes on', async () => {
    const proxy = await startProxy()
    queue.send(1)
    const invoke = async () => {
      if (batches().length === 1) proxy.cut()
      await pause(300)
    }

    const { batches, log } = await queue.poll(invoke, { mappings: [{ brokerUrl: proxy.url, ...atOnce }] })
    await eventually(() => batches().length === 2)
    await queue.stop()
    proxy.close()

    expect(batches()).toEqual([['0'], ['0']])
    expect(await queue.ready()).toBe(0)
    expect(log.error).not.toHaveBeenCalled()
    expect(log.warning.mock.calls.flat().join('\n')).toMatch(
      /connection lost .*, reconnecting\n.*connected again/,
    )
  })

  it.each([
    [
      { brokerUrl: 'amqp://guest:secret@127.0.0.1:1' },
      "127.0.0.1:1 can't be reached (ECONNREFUSED): start it",
    ],
    [{ virtualHost: 'missing' }, 'has no virtual host "missing" that this user may open: create it'],
  ])('says what its start wants: %j', async (members, line) => {
    await expect(queue.poll(() => {}, { mappings: [members] })).rejects.toThrow(line)
  })

  it('goes on when its queue was deleted and declared again', async () => {
    const { batches, log } = await queue.poll(() => {}, { mappings: [atOnce] })

    await queue.channel.deleteQueue(queue.name)
    // RabbitMQ 3.10 tells the consumers of a quorum queue after some 30 ms, and never when it is declared again before.
    await eventually(() => log.warning.mock.calls.flat().join().includes('cancelled the consumer'))
    await queue.declare()
    queue.send(1)
    await eventually(() => batches().length === 1)

    expect(batches()).toEqual([['0']])
  })

  it('finishes the running batch on stop and returns the rest to the queue', async () => {
    queue.send(5)
    const finished: string[][] = []
    const { batches } = await queue.poll(
      async ({ batch }) => {
        await pause(500)
        finished.push(batch)
      },
      { mappings: [{ batchSize: 2 }] },
    )
    await eventually(() => batches().length === 1)

    await queue.stop()

    expect(finished).toEqual([['0', '1']])
    expect(batches()).toHaveLength(1)
    await eventually(async () => (await queue.ready()) === 3)
  })
})
