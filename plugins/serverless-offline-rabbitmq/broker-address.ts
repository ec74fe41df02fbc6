// A dead peer is noticed after two of these; RabbitMQ's own default is 60 s.
const HEARTBEAT_SECONDS = '10'

/** Reads a broker URL. Throws without repeating it, since it may hold a password. */
export function parseBrokerUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'amqp:' && parsed?.protocol !== 'amqps:') {
    throw new Error('The broker URL must look like amqp://user:password@host:5672/virtual-host')
  }
  return parsed
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

/** A broker URL without its credentials, for people to read. */
export function displayAddress(url: string): string {
  const { protocol, host } = parseBrokerUrl(url)
  return `${protocol}//${host}`
}
