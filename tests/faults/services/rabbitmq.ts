import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import amqp from 'amqplib'
import { Child } from '../../../bench/processes/child.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import type { RabbitmqPrograms } from './programs.ts'
import { type Server, succeeds } from './service.ts'

const run = promisify(execFile)

export interface RabbitmqServer extends Server {
  /** Runs `rabbitmqctl` on this node. */
  control(args: readonly string[]): Promise<unknown>
}

/** RabbitMQ as a node of its own, with its own port mapper: no other broker on the machine notices it. */
export async function rabbitmqServer(
  { server, epmd }: RabbitmqPrograms,
  directory: string,
): Promise<RabbitmqServer> {
  await writeSettings(directory)
  const [port, mapperPort] = [String(await freePort()), String(await freePort())]
  const env = environmentOf(directory, port, mapperPort, String(await freePort()))
  const log = `${directory}.log`
  const url = `amqp://guest:guest@127.0.0.1:${port}`
  let mapper: Child | undefined
  return {
    url,
    async launch() {
      if (!mapper?.isRunning) {
        mapper = new Child([epmd, '-port', mapperPort, '-address', '127.0.0.1'], { env, log })
        await mapper.until(() => succeeds(run(epmd, ['-port', mapperPort, '-names'])))
      }
      return new Child([server], { env, log, cwd: directory })
    },
    answers: () => accepts(url),
    forget: () => rm(join(directory, 'data'), { recursive: true, force: true }),
    control: (args) => run(join(server, '..', 'rabbitmqctl'), ['-q', ...args], { env }),
  }
}

async function writeSettings(directory: string): Promise<void> {
  await mkdir(join(directory, 'home'), { recursive: true })
  await writeFile(join(directory, 'home', '.erlang.cookie'), 'stockroomfaults', { mode: 0o400 })
  await writeFile(
    join(directory, 'rabbitmq.conf'),
    'loopback_users = none\ndisk_free_limit.absolute = 50MB\n',
  )
  await writeFile(join(directory, 'enabled_plugins'), '[].\n')
  await writeFile(join(directory, 'rabbitmq-env.conf'), '')
}

function environmentOf(directory: string, port: string, mapperPort: string, distributionPort: string) {
  const here = (name: string) => join(directory, name)
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: here('home'),
    ERL_EPMD_PORT: mapperPort,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `stockroom-faults-${process.pid}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: port,
    RABBITMQ_DIST_PORT: distributionPort,
    RABBITMQ_MNESIA_BASE: here('data'),
    RABBITMQ_LOG_BASE: here('log'),
    RABBITMQ_PID_FILE: here('pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: here('enabled_plugins'),
    RABBITMQ_CONFIG_FILE: here('rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: here('rabbitmq-env.conf'),
  }
}

const accepts = (url: string): Promise<boolean> =>
  succeeds(
    amqp.connect(url, { timeout: 2000 }).then((connection) => connection.on('error', () => {}).close()),
  )
