import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { requireServices, withoutCache } from '../../../local/settings/reachability.ts'
import { ownName, testEnvironment } from '../../support/environment.ts'

const { redis: found } = testEnvironment().services
const redisUrl = 'url' in found ? found.url : ''
const user = ownName()
let redis: Redis

beforeAll(() => {
  redis = new Redis(redisUrl)
})

afterAll(async () => {
  await redis.call('acl', 'deluser', user)
  redis.disconnect()
})

const withPath = (path: string) => Object.assign(new URL(redisUrl), { pathname: path }).href
const refusalOf = (url: string) => requireServices({ REDIS_URL: url, CACHE_PREFIX: `${user}:` })

describe('a Redis that the cache could not use', () => {
  it.each([
    ['/shop', /^REDIS_URL .*number of a database/],
    ['/-1', /^REDIS_URL .*number of a database/],
    ['/99999', /^REDIS_URL .*out of range$/],
  ])('is refused: it has no database %s', async (path, refusal) => {
    await expect(refusalOf(withPath(path))).rejects.toThrow(refusal)
  })

  it.each(['PRODUCTS_REDIS_URL', 'ORDERS_REDIS_URL'])(
    'is refused by the name of its domain, %s, too, and not where no cache is needed',
    async (variable) => {
      const environment = { REDIS_URL: redisUrl, [variable]: withPath('/shop') }

      await expect(requireServices(environment)).rejects.toThrow(
        new RegExp(`^${variable} .*number of a database`),
      )
      await expect(requireServices({ ...environment, ...withoutCache })).resolves.toBeUndefined()
    },
  )

  it('is refused: it is a node of a cluster', async () => {
    const answerOf = (request: string) => {
      if (/^get$/im.test(request)) return '-MOVED 866 127.0.0.1:7001\r\n'
      return /^info$/im.test(request) ? '$0\r\n\r\n' : '+OK\r\n'
    }
    const node = createServer((socket) => {
      socket.on('data', (sent) => {
        const commands = String(sent).split(/(?=\*\d+\r\n)/)
        socket.write(commands.map(answerOf).join(''))
      })
    })
    await once(node.listen(0, '127.0.0.1'), 'listening')
    const { port } = node.address() as { port: number }

    await expect(refusalOf(`redis://127.0.0.1:${port}`)).rejects.toThrow(/^REDIS_URL .*node of a cluster/)
    node.close()
  })

  it.each(['eval', 'subscribe', 'publish', 'set', 'get'])(
    'is refused: its user may not %s',
    async (command) => {
      await redis.call('acl', 'setuser', user, 'reset', 'on', '>p', '~*', '&*', '+@all', `-${command}`)
      const url = Object.assign(new URL(redisUrl), { username: user, password: 'p' }).href

      await expect(refusalOf(url)).rejects.toThrow(/^REDIS_URL .*(NOPERM|can't run this command)/)
    },
  )
})

it('one that it can use is not', async () => {
  await refusalOf(withPath('/3'))
})
