import { setTimeout as pause } from 'node:timers/promises'
import type { Child } from '../../../bench/processes/child.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

/** A server that the suite starts, kills and starts again, with its data in a folder of its own. */
export interface Server {
  /** Its own address, with no proxy before it. */
  url: string
  launch(): Child | Promise<Child>
  /** Whether it answers in its own protocol. */
  answers(): Promise<boolean>
  /** Deletes its data; it must not be running. */
  forget?(): Promise<void>
}

/** A server with the network to it: the shop reaches it through a proxy only. */
export type Service<Kind extends Server = Server> = Awaited<ReturnType<typeof startService<Kind>>>

/** Whether it resolves. */
export const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

const mostAttempts = 20

/** Starts a server; `address` is where the network leads, the server itself unless given. */
export async function startService<Kind extends Server>(server: Kind, address = server.url) {
  const network = await TcpProxy.inFrontOf(address, 0)
  let child = await launch(server)
  return {
    server,
    network,
    /** For the shop. */
    url: network.addressFor(server.url),
    /** The server has no time to say anything; from then on its port refuses connections. */
    kill: () => Promise.all([child.kill(), network.refuse()]),
    /** Starts the server again; resolves when it answers. */
    async restart({ withoutData } = { withoutData: false }): Promise<void> {
      if (withoutData) await server.forget?.()
      child = await launch(server)
      await network.accept()
    },
  }
}

/** What a killed server leaves, such as its memory or its name, may keep the next one from starting for a moment. */
async function launch(server: Server): Promise<Child> {
  for (let attempt = 1; ; attempt += 1) {
    const child = await server.launch()
    try {
      await child.until(() => server.answers(), 120_000)
      return child
    } catch (error) {
      await child.kill()
      if (attempt === mostAttempts) throw error
      await pause(250)
    }
  }
}
