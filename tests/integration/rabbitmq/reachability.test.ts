import { afterAll, describe, expect, it } from '@jest/globals'
import { requireBrokerRights } from '../../../local/settings/reachability.ts'
import { ownName, testEnvironment } from '../../support/environment.ts'
import { ownServices } from '../../support/own-services.ts'
import { createUser, deleteUser, type VirtualHostControl } from '../../support/virtual-host.ts'

const own = ownServices({ rabbitmq: true, database: 'empty' })
const { url, control } = testEnvironment().services.rabbitmq as { url: string; control: VirtualHostControl }
const name = ownName()

afterAll(() => deleteUser(url, control, name))

/** The URL of a user who has these rights alone. */
async function urlOf(rights: { configure?: string; write?: string; read?: string } = {}, password = 'p') {
  const virtualHost = new URL(own.rabbitmqUrl).pathname.slice(1)
  await createUser(url, control, virtualHost, { name, password, ...rights })
  return Object.assign(new URL(own.rabbitmqUrl), { username: name, password: encodeURIComponent(password) })
    .href
}

describe('a broker that the shop could not use', () => {
  it.each([
    ['configure', { configure: '^$' }],
    ['write', { write: '^$' }],
    ['write', { write: '^(stock|order)-|^shop\\.dead-letters$' }],
    ['read', { read: '^$' }],
    ['read', { read: '^shop\\.' }],
  ])('is refused, with the right that its user lacks: %s', async (right, rights) => {
    const refusal = requireBrokerRights(await urlOf(rights))

    await expect(refusal).rejects.toThrow(
      new RegExp(`^RABBITMQ_URL .*lacks a right, (${right} )?access to .*$`),
    )
  })

  it('is refused when its URL allows one channel', async () => {
    const refusal = requireBrokerRights(`${own.rabbitmqUrl}?channelMax=1`)

    await expect(refusal).rejects.toThrow(/^RABBITMQ_URL .*leave channelMax out$/)
  })
})

it.each(['pässwörd', 'pass:word@/#%', 'пароль'])('the password %s opens the broker', async (password) => {
  await requireBrokerRights(await urlOf({}, password))
})
