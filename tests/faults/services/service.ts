import { TcpProxy } from '../../support/tcp-proxy.ts'
import type { Server } from './server.ts'

/** A server with the network to it: the shop reaches it through a proxy only. */
export class Service {
  readonly server: Server
  readonly network: TcpProxy

  private constructor(server: Server, network: TcpProxy) {
    this.server = server
    this.network = network
  }

  /** Starts the server; `address` is where the network leads, the server itself unless given. */
  static async start(server: Server, address = server.url): Promise<Service> {
    await server.start()
    await server.untilItAnswers()
    return new Service(server, await TcpProxy.inFrontOf(address, 0))
  }

  /** The URL for the shop. */
  get url(): string {
    return this.network.addressFor(this.server.url)
  }

  /** Kills the server; from then on its port refuses connections. */
  async kill(): Promise<void> {
    await Promise.all([this.server.kill(), this.network.refuse()])
  }

  /** Starts the server again; resolves when it answers. */
  async restart({ withoutData = false } = {}): Promise<void> {
    if (withoutData) await this.server.forget()
    await this.server.start()
    await this.network.accept()
    await this.server.untilItAnswers()
  }
}
