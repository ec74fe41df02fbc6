export type Credentials = { username: string; password: string }

// A dead peer is noticed after two of these; RabbitMQ's own default is 60 s.
const HEARTBEAT_SECONDS = '10'

/** Whether amqplib can connect to it. */
export function isBrokerUrl(url: unknown): url is string {
  return typeof url === 'string' && URL.canParse(url) && /^amqps?:$/.test(new URL(url).protocol)
}

/** Reads a broker URL. Throws without repeating it, since it may hold a password. */
export function parseBrokerUrl(url: string): URL {
  if (!isBrokerUrl(url)) {
    throw new Error('The broker URL must look like amqp://user:password@host:5672/virtual-host')
  }
  return new URL(url)
}

/** The virtual host that a broker URL names, `/` when it names none. */
export function virtualHostOf(url: string): string {
  return decodeURIComponent(parseBrokerUrl(url).pathname.slice(1)) || '/'
}

/** The broker URL for one virtual host, with a heartbeat unless the URL sets its own. */
export function connectionUrl(url: string, virtualHost: string): string {
  const target = parseBrokerUrl(url)
  // Left alone when it fits already: in-process brokers tell virtual hosts apart by the spelling of the path.
  if (virtualHostOf(url) !== virtualHost) target.pathname = `/${encodeURIComponent(virtualHost)}`
  if (!target.searchParams.has('heartbeat')) target.searchParams.set('heartbeat', HEARTBEAT_SECONDS)
  return target.href
}

/** The broker URL with this user and password instead of its own. */
export function withCredentials(url: string, { username, password }: Credentials): string {
  const target = parseBrokerUrl(url)
  target.username = encodeURIComponent(username)
  target.password = encodeURIComponent(password)
  return target.href
}

/**
 * The user and the password of a broker URL, as amqplib's option `credentials`, for which it is UTF-8 that is encoded in a
 * URL; amqplib itself reads each byte as a letter. Undefined when the URL names none.
 */
export function credentialsOf(url: string): { mechanism: string; response(): Buffer } | undefined {
  const { username, password } = parseBrokerUrl(url)
  if (!username && !password) return undefined
  const parts = ['', decodeURIComponent(username), decodeURIComponent(password)]
  return { mechanism: 'PLAIN', response: () => Buffer.from(parts.join('\0')) }
}

/** A broker URL without its credentials, for people to read. */
export function displayAddress(url: string): string {
  const { protocol, host } = parseBrokerUrl(url)
  return `${protocol}//${host}`
}
