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
  it('leaves the path alone when it names the virtual host already', () => {
    expect(connectionUrl('amqp://localhost:5672', '/')).toBe('amqp://localhost:5672?heartbeat=10')
  })

  it('names another virtual host', () => {
    expect(connectionUrl('amqp://u:p@localhost/shop', '/')).toBe('amqp://u:p@localhost/%2F?heartbeat=10')
  })

  it("keeps the URL's own heartbeat", () => {
    expect(connectionUrl('amqp://localhost/?heartbeat=3', '/')).toBe('amqp://localhost/?heartbeat=3')
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
