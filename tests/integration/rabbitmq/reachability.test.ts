import { describe, expect, it } from '@jest/globals'
import { requireBrokerRights } from '../../../local/settings/reachability.ts'
import { brokerUsers } from '../../support/broker-user.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices({ rabbitmq: true, database: 'empty' })
const createUser = brokerUsers(own)

describe('a broker that the shop could not use', () => {
  it.each([
    ['configure', { configure: '^$' }],
    ['write', { write: '^$' }],
    ['write', { write: '^(stock|order)-|^shop\\.dead-letters$' }],
    ['read', { read: '^$' }],
    ['read', { read: '^shop\\.' }],
  ])('is refused, with the right that its user lacks: %s', async (right, rights) => {
    const refusal = requireBrokerRights(await createUser(rights))

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
  await requireBrokerRights(await createUser({}, password))
})
