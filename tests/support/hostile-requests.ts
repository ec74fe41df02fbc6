import fc from 'fast-check'

/** What no answer may say: words of the database, the libraries and the file system behind the shop. */
const internalWords =
  /\bselect\b|\binsert\b|\bupdate products\b|knex|postgres|\bpg_|relation "|violates|constraint|syntax error|stack|node_modules|\bat \/|\.[jt]s:\d|ECONN|TypeError|RangeError|amqp|redis|secret/i

/** The first internal word in an answer, but for the letters of hashes and of ids, which may spell anything. */
export function internalWordIn({ headers, body }: { headers: object; body: unknown }): string | undefined {
  const told = Object.entries(headers).filter(([name]) => name !== 'etag' && name !== 'x-request-id')
  return internalWords.exec(JSON.stringify(told) + body)?.[0]
}

/** Where a client may send things; `{id}` stands for a number or anything else. */
export const routes = [
  ['POST', '/products'],
  ['GET', '/products'],
  ['GET', '/products/{id}'],
  ['PATCH', '/products/{id}'],
  ['DELETE', '/products/{id}'],
  ['GET', '/products/{id}/with-orders'],
  ['POST', '/orders'],
  ['POST', '/orders'],
  ['POST', '/orders'],
  ['GET', '/orders'],
  ['GET', '/orders/{id}'],
  ['GET', '/orders/product/{id}'],
  ['POST', '/admin/cache/warmup'],
  ['GET', '/nowhere/{id}'],
] as const
export type Route = (typeof routes)[number]

/** A request as nobody would send it who means well; and some that are fine. */
export interface HostileRequest {
  route: Route
  id: string
  query: Record<string, string>
  headers: Record<string, string>
  body: string | undefined
}

const words = (text: string) => fc.constantFrom(...text.split(' '))
/** One of the arbitraries, each as often as its weight says. */
const oneOf = <Value>(...choices: [weight: number, arbitrary: fc.Arbitrary<Value>][]) =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))
const binary = (maxLength: number) => fc.string({ unit: 'binary', maxLength })

const awkwardNumbers = words(
  '0 -0 1 1.005 0.1 19.99 1e2 1e-7 1E400 -1 999999999.99 1000000000 1000001 9007199254740991 9007199254740992 ' +
    '9223372036854775808 123456789012345678901234567890',
)
const awkwardTexts = fc.constantFrom(
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u202e"',
  '"a\\tb"',
  '"\\u2028"',
  '"💥"',
  `"${'x'.repeat(255)}"`,
  `"${'x'.repeat(256)}"`,
  `"${'é'.repeat(255)}"`,
  `"'; drop table x; --"`,
  '"$1 ? ?? :id"',
)
const awkwardValues = oneOf(
  [4, awkwardNumbers],
  [3, awkwardTexts],
  [1, words('null true false [] {} [1,2] {"a":1}')],
  [2, fc.json({ maxDepth: 2 })],
  [1, binary(300).map((text) => JSON.stringify(text))],
)
const memberNames = oneOf(
  [8, words('productId quantity name price qty productIds')],
  [1, words('__proto__ constructor toString id a/b~c  \u0000 \ud800 💥')],
  [1, fc.string({ maxLength: 40 })],
)
/** Products that may be deleted on the way, and those that only bodies name, so that there is something to order. */
const pathIds = fc.integer({ min: 1, max: 30 })
const bodyIds = fc.integer({ min: 31, max: 60 })

/** So many products have to be there, for orders to succeed. */
export const productsNeeded = 60

/** Written out, so that numbers and names come that JSON.stringify would not make. */
const textOf = (members: readonly (readonly [name: string, value: string])[]) =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')}}`
const objectWith = (members: Record<string, fc.Arbitrary<string | number>>) =>
  fc
    .record(members)
    .map((given) => textOf(Object.entries(given).map(([name, value]) => [name, String(value)])))
const soundText = fc.oneof(
  objectWith({ productId: bodyIds, quantity: fc.integer({ min: 1, max: 50 }) }),
  objectWith({ productId: bodyIds, quantity: awkwardNumbers }),
  objectWith({ name: awkwardTexts, price: awkwardNumbers, qty: awkwardNumbers }),
  objectWith({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).map((name) => JSON.stringify(name)),
    price: fc.constant(4.35),
    qty: fc.integer({ min: 0, max: 99 }),
  }),
  fc.tuple(words('price qty name'), awkwardValues).map((member) => textOf([member])),
  fc
    .array(fc.oneof(bodyIds.map(String), awkwardNumbers), { maxLength: 30 })
    .map((ids) => `{"productIds": [${ids}]}`),
)
const body = oneOf(
  [8, soundText],
  [6, fc.array(fc.tuple(memberNames, awkwardValues), { maxLength: 8 }).map(textOf)],
  [2, fc.json()],
  [1, binary(200)],
  [1, words(' { [[[[ {"productId":1,} NaN {\'a\':1} \ufeff{} {"a":1}{}')],
  [1, fc.integer({ min: 2, max: 5000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth))],
)

/** What HTTP allows in a header: ASCII that can be seen, spaces and tabs, and bytes above 127. */
const headerByte = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0xa0, max: 0xff }),
  fc.constant(9),
)
const headerText = fc
  .array(headerByte, { maxLength: 300 })
  .map((codes) => String.fromCharCode(...codes).trim())
const headers = fc.record(
  {
    'content-type': oneOf(
      [12, fc.constant('application/json')],
      [
        1,
        fc.constantFrom(
          'application/json; charset=utf-8',
          'APPLICATION/JSON',
          'text/plain',
          'application/x-www-form-urlencoded',
        ),
      ],
      [1, headerText],
    ),
    'idempotency-key': fc.oneof(
      headerText,
      fc.constantFrom('', 'k', 'k'.repeat(255), 'é'.repeat(255), 'k'.repeat(256)),
    ),
    'x-request-id': fc.oneof(headerText, fc.constantFrom('r1', 'r'.repeat(128), 'r'.repeat(129))),
    accept: fc.oneof(headerText, fc.constantFrom('application/problem+json', '*/*', 'text/html')),
    traceparent: headerText,
    'x-api-key': headerText,
  },
  { requiredKeys: [] },
)
const id = oneOf(
  [3, pathIds.map(String)],
  [2, awkwardNumbers],
  [2, fc.constantFrom('', ' 1', '1 ', '+1', '0x1', '1e1', '٣', '../1', "1' or '1'='1", 'null', '\u0000')],
  [1, fc.string({ unit: 'grapheme', maxLength: 30 })],
)
const query = fc.record(
  {
    limit: fc.oneof(awkwardNumbers, fc.constantFrom('', '100', '101', 'all', '-1', '1 ')),
    cursor: fc.oneof(
      fc.string({ maxLength: 60 }),
      awkwardNumbers.map((number) => Buffer.from(`before:${number}`).toString('base64url')),
    ),
    other: fc.string({ maxLength: 20 }),
  },
  { requiredKeys: [] },
)

const hostileRequest: fc.Arbitrary<HostileRequest> = fc.record({
  route: fc.constantFrom(...routes),
  id,
  query,
  headers,
  body: fc.option(body, { nil: undefined, freq: 15 }),
})

/** The same requests for the same seed. */
export const hostileRequests = (count: number, seed: number): HostileRequest[] =>
  fc.sample(hostileRequest, { numRuns: count, seed })
