import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { EmbeddedShop } from '../../support/embedded-shop.ts'
import { rmqEvent } from '../../support/rmq-event.ts'

let shop: EmbeddedShop
let lambdaPort: string | undefined

beforeAll(async () => {
  shop = await EmbeddedShop.create()
  await shop.start()
  // The commands find it by its data directory.
  lambdaPort = shop.environment.LAMBDA_PORT
  shop.environment.LAMBDA_PORT = String(await freePort())
}, 60_000)

afterAll(() => shop.remove())

const run = (...args: string[]) => shop.run('commands/dead-letters.ts', ...args)
const idsOfAll = async (): Promise<string[]> =>
  JSON.parse((await run('list', '--json')).stdout).letters.map(
    ({ messageId }: { messageId: string }) => messageId,
  )

/** Lets the consumer of the stock set messages aside. */
async function setAside(...ids: string[]) {
  const messages = ids.map((messageId) => ({ type: 'order.created', messageId, text: 'not JSON' }))
  const { LAMBDA_PORT } = shop.environment
  shop.environment.LAMBDA_PORT = lambdaPort
  await shop.invoke('reduceStock', rmqEvent({ queue: 'stock-reduction', messages }))
  shop.environment.LAMBDA_PORT = LAMBDA_PORT
}

beforeEach(async () => {
  await run('discard', '--all')
})

describe('dead letters of an embedded shop', () => {
  it('are listed and shown by another process, any number of times, and stay', async () => {
    await setAside('poison')

    const first = await run('list')
    const shown = await run('show', 'pois')
    const second = await run('list')

    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(
      /^queue .*\nstock-reduction {2}poison {2}order\.created {2}.* {2}not JSON\n1 dead letter\n$/,
    )
    expect(shown.stdout).toMatch(/^\{[\s\S]*"messageId": "poison"[\s\S]*\}\nnot JSON\n$/)
    expect(second).toEqual(first)
  }, 120_000)

  it('are discarded by their short ids, and the others stay', async () => {
    await setAside('first-one', 'other-one', 'last-one')

    const { code, stdout } = await run('discard', 'other-on')

    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 message discarded\n' })
    expect(await idsOfAll()).toEqual(['first-one', 'last-one'])
  }, 120_000)

  it('go back to their queue, whose consumer takes them as if for the first time', async () => {
    await setAside('redriven')
    const listed = async () => JSON.parse((await run('list', '--json')).stdout).letters
    const [before] = await listed()

    const { code, stdout } = await run('redrive', '--all')

    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 message went back to its queue\n' })
    // It is no better than before.
    await eventually(async () => {
      const [after] = await listed()
      return after?.messageId === 'redriven' && after.firstFailedAt > before.firstFailedAt
    }, 60_000)
    expect(await idsOfAll()).toEqual(['redriven'])
  }, 120_000)

  it('end with the shop, which is said in one line', async () => {
    const stopped = await EmbeddedShop.create()

    const { code, stdout, stderr } = await stopped.run('commands/dead-letters.ts', 'list')
    await stopped.remove()

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^RABBITMQ_URL is not set, and no shop runs [^\n]+\n$/)
  }, 120_000)
})
