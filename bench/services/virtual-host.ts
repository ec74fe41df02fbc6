import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const answerWithinMs = 3000

/** How virtual hosts are made: over the management HTTP API, or by rabbitmqctl on the broker's own machine. */
export type VirtualHostControl = 'management' | 'rabbitmqctl'

/** Finds out which way works for the broker at `url`, whose cluster is named `cluster`; undefined when none does. */
export async function virtualHostControl(
  url: string,
  cluster: string,
): Promise<VirtualHostControl | undefined> {
  if (await isManaged(url)) return 'management'
  return (await isRabbitmqctlOf(cluster)) ? 'rabbitmqctl' : undefined
}

/** Makes a virtual host in which the user of `url` may do everything. Resolves to its URL. */
export async function createVirtualHost(
  url: string,
  control: VirtualHostControl,
  name: string,
): Promise<string> {
  const user = decodeURIComponent(new URL(url).username) || 'guest'
  if (control === 'management') {
    const everything = { configure: '.*', write: '.*', read: '.*' }
    await request(url, 'PUT', `vhosts/${name}`)
    await request(url, 'PUT', `permissions/${name}/${encodeURIComponent(user)}`, everything)
  } else {
    await run('rabbitmqctl', ['-q', 'add_vhost', name])
    await run('rabbitmqctl', ['-q', 'set_permissions', '-p', name, user, '.*', '.*', '.*'])
  }
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

/** Removes a virtual host with everything in it. */
export async function deleteVirtualHost(
  url: string,
  control: VirtualHostControl,
  name: string,
): Promise<void> {
  if (control === 'management') await request(url, 'DELETE', `vhosts/${name}`)
  else await run('rabbitmqctl', ['-q', 'delete_vhost', name])
}

/** The virtual hosts whose name begins with `prefix`. */
export async function virtualHostsOf(
  url: string,
  control: VirtualHostControl,
  prefix: string,
): Promise<string[]> {
  const names =
    control === 'management'
      ? ((await (await request(url, 'GET', 'vhosts')).json()) as { name: string }[]).map(({ name }) => name)
      : (await run('rabbitmqctl', ['-q', 'list_vhosts', '--no-table-headers'])).stdout.split('\n')
  return names.filter((name) => name.startsWith(prefix))
}

async function isManaged(url: string): Promise<boolean> {
  try {
    const { tags } = (await (await request(url, 'GET', 'whoami')).json()) as { tags: string | string[] }
    return tags.includes('administrator')
  } catch {
    return false
  }
}

/** The machine's rabbitmqctl may belong to another broker than the one at the URL. */
async function isRabbitmqctlOf(cluster: string): Promise<boolean> {
  try {
    const { stdout } = await run('rabbitmqctl', ['-q', 'eval', 'rabbit_nodes:cluster_name().'])
    return stdout.includes(`"${cluster}"`)
  } catch {
    return false
  }
}

/** Asks the management HTTP API of the broker at `url`. */
export async function request(
  url: string,
  method: string,
  path: string,
  body: object = {},
): Promise<Response> {
  const { hostname, username, password } = new URL(url)
  const credentials = `${decodeURIComponent(username) || 'guest'}:${decodeURIComponent(password) || 'guest'}`
  const response = await fetch(`http://${hostname}:15672/api/${path}`, {
    method,
    signal: AbortSignal.timeout(answerWithinMs),
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(method === 'PUT' && { body: JSON.stringify(body) }),
  })
  if (!response.ok && response.status !== 404) throw new Error(`${method} ${path}: ${response.status}`)
  return response
}
