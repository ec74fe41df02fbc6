import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import * as definitions from '@stockroom/messaging/events'
import { deadLetterQueue, queues } from '@stockroom/messaging/topology'
import { Ajv } from 'ajv'
import { asyncApiDocument } from '../../commands/documents/asyncapi-document.ts'

const document = JSON.parse(JSON.stringify(asyncApiDocument))
const events = Object.values(definitions).filter((value) => typeof value === 'object' && 'schema' in value)
/** The schema that the AsyncAPI initiative publishes, bindings included. */
const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json')

describe('the AsyncAPI document', () => {
  it('is the one in docs/asyncapi.json, in the version of the package; npm run asyncapi writes it', () => {
    const [written, { version }] = ['docs/asyncapi.json', 'package.json'].map((path) =>
      JSON.parse(readFileSync(path, 'utf8')),
    )

    expect(written).toEqual(document)
    expect(written.info.version).toBe(version)
  })

  it('is what AsyncAPI 3 wants it to be', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false })

    const isValid = ajv.validate(specification, document)

    expect({ isValid, errors: ajv.errors }).toEqual({ isValid: true, errors: null })
  })

  it('leads every reference somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path)

    for (const path of references) {
      const target = path?.split('/').reduce((value, key) => value?.[key], document)
      expect({ path, isThere: target !== undefined }).toEqual({ path, isThere: true })
    }
    expect(references.length).toBeGreaterThan(0)
  })

  it.each(events.map((event) => [event.name, event] as const))(
    'has the event %s, with an example of it',
    (name, event) => {
      const { payload, examples } = document.components.messages[name]

      expect(document.channels[name].address).toBe(name)
      expect(document.operations[`send.${name}`].channel).toEqual({ $ref: `#/channels/${name}` })
      expect(payload).toEqual(JSON.parse(JSON.stringify(event.schema)))
      expect(examples.map((example: { payload: unknown }) => event.isBody(example.payload))).toEqual([true])
    },
  )

  it.each(Object.entries(queues))(
    'has the queue %s with its events, and its dead letters',
    (queue, bound) => {
      const { messages, bindings } = document.channels[queue]

      expect(Object.keys(messages)).toEqual(bound.map(({ name }) => name))
      expect(bindings.amqp['x-bindings'].map(({ routingKey }: { routingKey: string }) => routingKey)).toEqual(
        Object.keys(messages),
      )
      expect(bindings.amqp['x-arguments']['x-dead-letter-routing-key']).toBe(deadLetterQueue(queue))
      expect(document.channels[deadLetterQueue(queue)].address).toBe(deadLetterQueue(queue))
    },
  )
})
