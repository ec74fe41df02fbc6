import { describe, expect, it } from '@jest/globals'
import {
  connectionUrl,
  credentialsOf,
  displayAddress,
  parseBrokerUrl,
  virtualHostOf,
} from './broker-address.ts'

describe('virtualHostOf', () => {
  it.each([
    ['amqp://localhost', '/'],
    ['amqp://localhost:5672/', '/'],
    ['amqp://localhost/%2F', '/'],
    ['amqps://user:secret@broker.example:5671/shop%2Ftests', 'shop/tests'],
  ])('reads %s as %s', (url, virtualHost) => {
    expect(virtualHostOf(url)).toBe(virtualHost)
  })
})

describe('connectionUrl', () => {
  it.each([
    ['leaves the path alone when it names the virtual host already', '', '?heartbeat=10'],
    ['names another virtual host', '/shop', '/%2F?heartbeat=10'],
    ["keeps the URL's own heartbeat", '/?heartbeat=3', '/?heartbeat=3'],
  ])('%s', (_, path, connected) => {
    expect(connectionUrl(`amqp://u:p@localhost${path}`, '/')).toBe(`amqp://u:p@localhost${connected}`)
  })
})

describe('credentialsOf', () => {
  it.each(['pässwörd', 'pass:word@/#%', 'пароль'])('is what the broker knows as %s', (password) => {
    const url = `amqp://us%C3%A9r:${encodeURIComponent(password)}@localhost`

    expect(credentialsOf(url)?.response().toString()).toBe(`\0usér\0${password}`)
  })

  it('is none for a URL without any', () => {
    expect(credentialsOf('amqp://localhost')).toBeUndefined()
  })
})

describe('displayAddress', () => {
  it('leaves out the credentials', () => {
    expect(displayAddress('amqp://user:secret@localhost:5672/shop')).toBe('amqp://localhost:5672')
  })
})

describe('parseBrokerUrl', () => {
  it('refuses what is no broker URL without repeating it', () => {
    expect(() => parseBrokerUrl('http://user:secret@localhost')).toThrow(
      'The broker URL must look like amqp://user:password@host:5672/virtual-host',
    )
  })
})
