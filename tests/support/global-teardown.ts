import { testEnvironment } from './environment.ts'
import { runTeardown } from './teardown-tasks.ts'
import { dropDatabases } from './test-database.ts'
import { deleteVirtualHost, virtualHostsOf } from './virtual-host.ts'

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
