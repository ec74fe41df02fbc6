import { Ajv } from 'ajv'
import Type, { type Static, type TObject } from 'typebox'

/** One event that took place. */
export interface ShopEvent<Name extends string = string, Body extends object = object> {
  name: Name
  body: Body
}

/** A fact that the shop tells others of: its name and what its body holds. */
export interface EventDefinition<Name extends string = string, Body extends object = object> {
  name: Name
  schema: TObject
  /** Whether a body holds everything that the event promises; members that it doesn't know are fine. */
  isBody(body: unknown): body is Body
  /** The event with this body. */
  of(body: Body): ShopEvent<Name, Body>
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
    of: (body) => ({ name, body }),
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

export const productCreated = defineEvent('product.created', Type.Object(product))
export const productUpdated = defineEvent('product.updated', Type.Object(product))
export const productDeleted = defineEvent('product.deleted', Type.Object({ id }))

export const orderCreated = defineEvent(
  'order.created',
  Type.Object({ orderId: id, productId: id, quantity, totalPrice: Type.Number(), timestamp }),
)
export const stockReduced = defineEvent(
  'stock.reduced',
  Type.Object({ orderId: id, productId: id, quantity, timestamp }),
)
export const stockRejected = defineEvent(
  'stock.rejected',
  Type.Object({ orderId: id, productId: id, reason, timestamp }),
)
export const orderConfirmed = defineEvent(
  'order.confirmed',
  Type.Object({ orderId: id, productId: id, quantity, timestamp }),
)
export const orderRejected = defineEvent(
  'order.rejected',
  Type.Object({ orderId: id, productId: id, quantity, reason, timestamp }),
)
