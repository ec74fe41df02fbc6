import { Ajv } from 'ajv'
import Type, { type Static, type TObject } from 'typebox'

/** One event that took place. */
export interface ShopEvent<Name extends string = string, Body extends object = object> {
  name: Name
  body: Body
  /** Of the thing that it tells of, where the body alone doesn't say which change it was. */
  version?: number
}

/** A fact that the shop tells others of: its name and what its body holds. */
export interface EventDefinition<Name extends string = string, Body extends object = object> {
  name: Name
  schema: TObject
  /** Whether a body holds everything that the event promises; members that it doesn't know are fine. */
  isBody(body: unknown): body is Body
  /** The event with this body; `version` is that of a thing which changes more than once. */
  of(body: Body, version?: number): ShopEvent<Name, Body>
}

/** The event that a definition defines. */
export type EventOf<Definition> =
  Definition extends EventDefinition<infer Name, infer Body> ? ShopEvent<Name, Body> : never

/** The version of the bodies below; a message that names another one is refused. */
export const schemaVersion = 1

const ajv = new Ajv()

function defineEvent<Name extends string, Schema extends TObject>(
  name: Name,
  schema: Schema,
): EventDefinition<Name, Static<Schema> & object> {
  const validate = ajv.compile(schema)
  return {
    name,
    schema,
    isBody: (body): body is Static<Schema> & object => validate(body),
    of: (body, version) => (version === undefined ? { name, body } : { name, body, version }),
  }
}

const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 })
const timestamp = Type.String()
const reason = Type.Enum(['insufficient-stock', 'product-not-found'])
const product = {
  id,
  name: Type.String(),
  price: Type.Number(),
  qty: Type.Integer(),
  createdAt: timestamp,
  updatedAt: timestamp,
}

const time = '2026-11-21T10:00:00.000Z'
const exampleProduct = { id: 5, name: 'Desk lamp', price: 49.9, qty: 80, createdAt: time, updatedAt: time }
const sold = { orderId: 1, productId: 5, quantity: 2, timestamp: time }
const unsold = { orderId: 1, productId: 5, reason: 'insufficient-stock', timestamp: time }

export const productCreated = defineEvent(
  'product.created',
  Type.Object(product, { description: 'A product was created.', examples: [exampleProduct] }),
)
export const productUpdated = defineEvent(
  'product.updated',
  Type.Object(product, { description: 'Someone changed a product.', examples: [exampleProduct] }),
)
export const productDeleted = defineEvent(
  'product.deleted',
  Type.Object({ id }, { description: 'A product was taken out of the shop.', examples: [{ id: 5 }] }),
)

export const orderCreated = defineEvent(
  'order.created',
  Type.Object(
    { orderId: id, productId: id, quantity, totalPrice: Type.Number(), timestamp },
    {
      description: 'An order was accepted; told again while it stays pending.',
      examples: [{ ...sold, totalPrice: 99.8 }],
    },
  ),
)
export const stockReduced = defineEvent(
  'stock.reduced',
  Type.Object(
    { orderId: id, productId: id, quantity, timestamp },
    { description: 'An order got its stock.', examples: [sold] },
  ),
)
export const stockRejected = defineEvent(
  'stock.rejected',
  Type.Object(
    { orderId: id, productId: id, reason, timestamp },
    { description: 'An order got no stock.', examples: [unsold] },
  ),
)
export const stockReturned = defineEvent(
  'stock.returned',
  Type.Object(
    {
      orderId: id,
      productId: id,
      quantity: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
      timestamp,
    },
    {
      description: 'A cancelled order holds no stock any more; the quantity is 0 where it had taken none.',
      examples: [sold],
    },
  ),
)
export const orderConfirmed = defineEvent(
  'order.confirmed',
  Type.Object(
    { orderId: id, productId: id, quantity, timestamp },
    { description: 'An order is settled: it has its stock.', examples: [sold] },
  ),
)
export const orderRejected = defineEvent(
  'order.rejected',
  Type.Object(
    { orderId: id, productId: id, quantity, reason, timestamp },
    {
      description: 'An order is settled: there was no stock for it.',
      examples: [{ quantity: 2, ...unsold }],
    },
  ),
)
export const orderCancelled = defineEvent(
  'order.cancelled',
  Type.Object(
    { orderId: id, productId: id, quantity, timestamp },
    {
      description: 'An order was cancelled; told again until its stock is known to be back.',
      examples: [sold],
    },
  ),
)
