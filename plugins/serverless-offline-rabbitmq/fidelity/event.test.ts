import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import type { MessageProperties } from 'amqplib'
import { toRmqEvent } from '../event/rmq-event.ts'
import { documentedAs } from '../fixtures/aws-pages.ts'
import awsSampleEvent from '../fixtures/aws-sample-event.json' with { type: 'json' }

const mapping = {
  eventSourceArn: awsSampleEvent.eventSourceArn,
  queue: 'pizzaQueue',
  virtualHost: '/',
}

const delivery = ({ content = Buffer.from('hello'), redelivered = false, ...properties } = {}) => ({
  content,
  fields: { redelivered },
  properties: properties as MessageProperties,
})

const convert = (properties: object) => {
  const event = toRmqEvent(mapping, [delivery(properties)])
  const [message] = event.rmqMessagesByQueue['pizzaQueue::/'] ?? []
  if (!message) throw new Error('no message')
  return message
}

describe(documentedAs('Event'), () => {
  it('is the example record event of the page', () => {
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

  it('batches records together in a single payload, in their order', () => {
    const batch = ['first', 'second'].map((text) => delivery({ content: Buffer.from(text) }))

    const { rmqMessagesByQueue } = toRmqEvent(mapping, batch)

    const bodies = rmqMessagesByQueue['pizzaQueue::/']?.map(({ data }) =>
      Buffer.from(data, 'base64').toString(),
    )
    expect(bodies).toEqual(['first', 'second'])
  })

  it.each(['/', 'shop/tests', 'a::b', 'Zürich 1'])(
    'lists messages under the name of the queue and the name of the virtual host: pizzaQueue::%s',
    (virtualHost) => {
      const event = toRmqEvent({ ...mapping, virtualHost }, [delivery()])

      expect(Object.keys(event.rmqMessagesByQueue)).toEqual([`pizzaQueue::${virtualHost}`])
    },
  )

  it('has redelivered: true for a message that was delivered before, else false', () => {
    const undelivered = toRmqEvent(mapping, [{ ...delivery(), fields: {} }])

    expect(convert({ redelivered: true }).redelivered).toBe(true)
    expect(convert({ redelivered: false }).redelivered).toBe(false)
    expect(undelivered.rmqMessagesByQueue['pizzaQueue::/']?.[0]?.redelivered).toBe(false)
  })
})

describe(documentedAs('Timestamps'), () => {
  it.each([
    [0, 'Jan 1, 1970, 12:00:00 AM'],
    [2021, 'Jan 1, 1970, 12:33:41 AM'],
    [43_200, 'Jan 1, 1970, 12:00:00 PM'],
    [1_709_251_199, 'Feb 29, 2024, 11:59:59 PM'],
    [1_735_689_600, 'Jan 1, 2025, 12:00:00 AM'],
  ])('is a display string: %d s after the epoch are %s', (timestamp, text) => {
    expect(convert({ timestamp }).basicProperties.timestamp).toBe(text)
  })

  it('is in UTC and the same, whatever time zone and ICU Node.js has', () => {
    const source = fileURLToPath(new URL('../event/rmq-headers.ts', import.meta.url))
    const withoutIcu = 'delete globalThis.Intl; Date.prototype.toLocaleString = undefined;'
    const script = `${withoutIcu} const { displayTime } = await import(${JSON.stringify(source)}); process.stdout.write(displayTime(2021))`

    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { TZ: 'Asia/Kolkata', LC_ALL: 'ar_EG.UTF-8' },
      encoding: 'utf8',
    })

    expect(printed).toBe('Jan 1, 1970, 12:33:41 AM')
  })
})
