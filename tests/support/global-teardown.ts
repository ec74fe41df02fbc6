import { dropDatabases } from '../../bench/services/databases.ts'
import { deleteVirtualHost, virtualHostsOf } from '../../bench/services/virtual-host.ts'
import { testEnvironment } from './environment.ts'
import { runTeardown } from './teardown-tasks.ts'

/** Removes what suites could not remove themselves, because their worker died for example. */
export default async function tearDown(): Promise<void> {
  const { services, databaseServerUrl, prefix } = testEnvironment()
  if (databaseServerUrl) await dropDatabases(databaseServerUrl, prefix)
  if ('url' in services.rabbitmq) {
    const { url, control } = services.rabbitmq
    for (const name of await virtualHostsOf(url, control, prefix)) await deleteVirtualHost(url, control, name)
  }
  await runTeardown()
}
