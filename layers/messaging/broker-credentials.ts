import amqp from 'amqplib'

/**
 * The user and the password of a broker's URL, as `credentials` of amqplib's socket options; undefined when it names
 * none. amqplib itself reads each byte of them as a letter: https://github.com/amqp-node/amqplib/blob/main/lib/connect.js
 * @throws URIError when they are not encoded as UTF-8
 */
export function brokerCredentials(url: string): ReturnType<typeof amqp.credentials.plain> | undefined {
  const { username, password } = new URL(url)
  if (!username && !password) return undefined
  return amqp.credentials.plain(decodeURIComponent(username), decodeURIComponent(password))
}
