import { expect, it } from '@jest/globals'
import { requireServices } from '../../../local/settings/reachability.ts'
import { ownServices } from '../../support/own-services.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

const own = ownServices({ database: 'empty' })

it('takes a database that answers late, on a machine with much to do, for one that answers', async () => {
  const proxy = await TcpProxy.inFrontOf(own.databaseUrl, 5432)
  proxy.slowDown(500)
  try {
    await expect(
      requireServices({ DATABASE_URL: proxy.addressFor(own.databaseUrl) }),
    ).resolves.toBeUndefined()
  } finally {
    await proxy.close()
  }
})
