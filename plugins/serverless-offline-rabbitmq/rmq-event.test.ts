import { describe, expect, it } from '@jest/globals'
import awsSampleEvent from './fixtures/aws-sample-event.json' with { type: 'json' }
import { toRmqEvent } from './rmq-event.ts'

const mapping = {
  eventSourceArn: awsSampleEvent.eventSourceArn,
  queue: 'pizzaQueue',
  virtualHost: '/',
}

const absent = {
  contentType: undefined,
  contentEncoding: undefined,
  headers: undefined,
  deliveryMode: undefined,
  priority: undefined,
  correlationId: undefined,
  replyTo: undefined,
  expiration: undefined,
  messageId: undefined,
  timestamp: undefined,
  type: undefined,
  userId: undefined,
  appId: undefined,
  clusterId: undefined,
}

const delivery = ({ content = Buffer.from('hello'), redelivered = false, ...properties } = {}) => ({
  content,
  fields: { redelivered },
  properties: { ...absent, ...properties },
})

const convert = (properties: object) => {
  const event = toRmqEvent(mapping, [delivery(properties)])
  const [message] = event.rmqMessagesByQueue['pizzaQueue::/'] ?? []
  if (!message) throw new Error('no message')
  return message
}

const headersOf = (headers: object) => convert({ headers }).basicProperties.headers

describe('toRmqEvent', () => {
  it('reproduces the sample event of AWS', () => {
    const content = Buffer.from('{"timeout":0,"data":"CZrmf0Gw8Ov4bqLQxD4E"}')
    const message = delivery({
      content,
      contentType: 'text/plain',
      headers: { header1: 'value1', header2: 'value2', numberInHeader: 10 },
      deliveryMode: 1,
      priority: 34,
      expiration: '60000',
      timestamp: 2021,
      userId: 'AIDACKCEVSQ6C2EXAMPLE',
    } as object)

    const event = toRmqEvent(mapping, [message])

    // The sample says bodySize 80, which isn't the length of its own data: 43 bytes, or 60 characters of base64.
    const expected = structuredClone(awsSampleEvent)
    for (const { basicProperties } of expected.rmqMessagesByQueue['pizzaQueue::/']) {
      basicProperties.bodySize = content.length
    }
    expect(event).toStrictEqual(expected)
  })

  it('keeps the order of the batch', () => {
    const batch = ['first', 'second'].map((text) => delivery({ content: Buffer.from(text) }))

    const { rmqMessagesByQueue } = toRmqEvent(mapping, batch)

    const bodies = rmqMessagesByQueue['pizzaQueue::/']?.map(({ data }) =>
      Buffer.from(data, 'base64').toString(),
    )
    expect(bodies).toEqual(['first', 'second'])
  })

  it('names queue and virtual host in the key', () => {
    const event = toRmqEvent({ ...mapping, virtualHost: 'shop/tests' }, [delivery()])

    expect(Object.keys(event.rmqMessagesByQueue)).toEqual(['pizzaQueue::shop/tests'])
  })

  it('shows absent properties as null', () => {
    const { bodySize, ...properties } = convert({}).basicProperties

    expect(bodySize).toBe(5)
    expect(Object.keys(properties)).toEqual(Object.keys(absent))
    expect(Object.values(properties)).toEqual(Object.keys(absent).map(() => null))
  })

  it('shows a missing redelivered flag as false', () => {
    const event = toRmqEvent(mapping, [{ ...delivery(), fields: {} }])

    expect(event.rmqMessagesByQueue['pizzaQueue::/']?.[0]?.redelivered).toBe(false)
    expect(convert({ redelivered: true }).redelivered).toBe(true)
  })

  it('encodes any bytes in base64', () => {
    const content = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

    const message = convert({ content })

    expect(Buffer.from(message.data, 'base64').equals(content)).toBe(true)
    expect(message.basicProperties.bodySize).toBe(256)
  })

  it('shows the bytes of strings as signed, like Java', () => {
    expect(headersOf({ city: 'Zü' })).toEqual({ city: { bytes: [90, -61, -68] } })
  })

  it('leaves numbers and booleans as they are', () => {
    const headers = { count: 10, ratio: 0.5, negative: -1, flag: false, nothing: null }

    expect(headersOf(headers)).toEqual(headers)
  })

  it('converts nested tables and arrays', () => {
    const headers = { 'x-death': [{ queue: 'stock', count: 2, 'routing-keys': ['a'] }] }

    expect(headersOf(headers)).toEqual({
      'x-death': [
        { queue: { bytes: [115, 116, 111, 99, 107] }, count: 2, 'routing-keys': [{ bytes: [97] }] },
      ],
    })
  })

  it('shows a byte array as signed numbers', () => {
    expect(headersOf({ raw: Buffer.from([0, 127, 128, 255]) })).toEqual({ raw: [0, 127, -128, -1] })
  })

  it('shows a timestamp in headers as a display string and a decimal as a number', () => {
    const headers = {
      time: { '!': 'timestamp', value: 2021 },
      price: { '!': 'decimal', value: { places: 2, digits: 1999 } },
    }

    expect(headersOf(headers)).toEqual({ time: 'Jan 1, 1970, 12:33:41 AM', price: 19.99 })
  })

  it.each([
    [0, 'Jan 1, 1970, 12:00:00 AM'],
    [43_200, 'Jan 1, 1970, 12:00:00 PM'],
    [1_709_251_199, 'Feb 29, 2024, 11:59:59 PM'],
    [1_735_689_600, 'Jan 1, 2025, 12:00:00 AM'],
  ])('shows %d s after the epoch as %s', (timestamp, text) => {
    expect(convert({ timestamp }).basicProperties.timestamp).toBe(text)
  })
})
