import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll } from '@jest/globals'
import { request, type VirtualHostControl } from '../../bench/services/virtual-host.ts'
import { ownName, testEnvironment } from './environment.ts'
import type { OwnServices } from './own-services.ts'

const run = promisify(execFile)

/** What a user of a broker may do: regular expressions of the names of exchanges and queues; everything by default. */
export interface Permissions {
  configure?: string
  write?: string
  read?: string
  /** Of routing keys, at one topic exchange. */
  topic?: { exchange: string; write: string; read: string }
}

/** Makes users of the suite's own virtual host, which go at its end. The function resolves to the URL that names the user. */
export function brokerUsers(own: OwnServices) {
  const { control } = testEnvironment().services.rabbitmq as { control: VirtualHostControl }
  const names: string[] = []
  afterAll(() => Promise.all(names.map((name) => remove(own.rabbitmqUrl, control, name))))
  return async (permissions: Permissions = {}, password = 'p'): Promise<string> => {
    const name = ownName()
    names.push(name)
    const make = control === 'management' ? makeByRequests : makeByCommand
    await make(own.rabbitmqUrl, { name, password, configure: '.*', write: '.*', read: '.*', ...permissions })
    const credentials = { username: name, password: encodeURIComponent(password) }
    return Object.assign(new URL(own.rabbitmqUrl), credentials).href
  }
}

type User = Required<Omit<Permissions, 'topic'>> &
  Pick<Permissions, 'topic'> & { name: string; password: string }

const virtualHostOf = (url: string) => new URL(url).pathname.slice(1)

async function makeByRequests(url: string, { name, password, topic, ...rights }: User): Promise<void> {
  const at = `${virtualHostOf(url)}/${name}`
  await request(url, 'PUT', `users/${name}`, { password, tags: '' })
  await request(url, 'PUT', `permissions/${at}`, rights)
  if (topic) await request(url, 'PUT', `topic-permissions/${at}`, topic)
}

async function makeByCommand(url: string, { name, password, topic, ...rights }: User): Promise<void> {
  const at = ['-p', virtualHostOf(url), name]
  await run('rabbitmqctl', ['-q', 'add_user', name, password])
  await run('rabbitmqctl', ['-q', 'set_permissions', ...at, rights.configure, rights.write, rights.read])
  if (topic)
    await run('rabbitmqctl', ['-q', 'set_topic_permissions', ...at, topic.exchange, topic.write, topic.read])
}

async function remove(url: string, control: VirtualHostControl, name: string): Promise<void> {
  if (control === 'management') await request(url, 'DELETE', `users/${name}`)
  else await run('rabbitmqctl', ['-q', 'delete_user', name])
}
