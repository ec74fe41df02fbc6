import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { request, type VirtualHostControl } from './virtual-host.ts'

const run = promisify(execFile)

/** What a user of a broker may do: regular expressions of the names of exchanges and queues. */
export interface Permissions {
  configure: string
  write: string
  read: string
  /** Of routing keys, at one topic exchange. */
  topic?: { exchange: string; write: string; read: string }
}

/** Makes a user of the virtual host of `url` who may do that and nothing else. Resolves to the URL that names the user. */
export async function createBrokerUser(
  url: string,
  control: VirtualHostControl,
  name: string,
  { configure, write, read, topic }: Permissions,
): Promise<string> {
  const virtualHost = new URL(url).pathname.slice(1)
  if (control === 'management') {
    await request(url, 'PUT', `users/${name}`, { password: name, tags: '' })
    await request(url, 'PUT', `permissions/${virtualHost}/${name}`, { configure, write, read })
    if (topic) await request(url, 'PUT', `topic-permissions/${virtualHost}/${name}`, topic)
  } else {
    const at = ['-p', virtualHost, name]
    await run('rabbitmqctl', ['-q', 'add_user', name, name])
    await run('rabbitmqctl', ['-q', 'set_permissions', ...at, configure, write, read])
    if (topic) {
      const { exchange, write, read } = topic
      await run('rabbitmqctl', ['-q', 'set_topic_permissions', ...at, exchange, write, read])
    }
  }
  return Object.assign(new URL(url), { username: name, password: name }).href
}

/** Removes a user. */
export async function deleteBrokerUser(url: string, control: VirtualHostControl, name: string) {
  if (control === 'management') await request(url, 'DELETE', `users/${name}`)
  else await run('rabbitmqctl', ['-q', 'delete_user', name])
}
