import { jest } from '@jest/globals'
import { inProcess, nameInEnvironment, type OwnServices } from './own-services.ts'
import { RecordingBroker } from './recording-broker.ts'

/**
 * Modules in a process of their own, as good as: with their own pool and connections, and a recording broker where
 * `services` have no real one. Whoever starts an instance ends it with `shutDown`.
 * @param load imports the modules
 */
export async function anotherInstance<Modules>(services: OwnServices, load: () => Promise<Modules>) {
  nameInEnvironment(services)
  jest.resetModules()
  const { configuration } = await import('@stockroom/runtime/configuration')
  configuration() // Reads the environment now; the next instance changes it.
  const { useBrokerClient } = await import('@stockroom/messaging/broker-connection')
  const { shutDown } = await import('@stockroom/runtime/shutdown')
  const broker = new RecordingBroker()
  if (services.rabbitmqUrl === inProcess) useBrokerClient(broker)
  return { ...(await load()), broker, shutDown }
}
