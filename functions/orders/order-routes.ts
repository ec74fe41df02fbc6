import { idempotencyKeyHeader } from '@stockroom/http/idempotency-key'
import { pageQuery } from '@stockroom/http/pagination'
import { idInPath } from '@stockroom/http/parameters'
import type { Routes, RouteTable } from '@stockroom/http/route'
import Type from 'typebox'
import { NewOrder, Order } from './order.ts'

export const orderRoutes = {
  createOrder: {
    route: 'POST /orders',
    summary: 'Order a product',
    description:
      'Accepts an order. 202 is a promise: the order is stored before the response leaves, and goes from `pending` to `confirmed` or `rejected`, unless it is cancelled, whatever fails afterwards. Send an `Idempotency-Key` to be able to ask again: the same key and body give the first response again, for 24 hours. After `outcome-unknown` they find the order, or place it.',
    headers: { 'idempotency-key': idempotencyKeyHeader('order') },
    body: NewOrder,
    responses: {
      202: {
        description: 'The order is accepted.',
        schema: Order,
        headers: ['location', 'idempotent-replayed'],
      },
    },
    errors: [
      'total-too-large',
      'product-not-found',
      'insufficient-stock',
      'idempotency-key-in-progress',
      'idempotency-key-reused',
      'outcome-unknown',
      'service-unavailable',
    ],
  },
  listAllOrders: {
    route: 'GET /orders',
    summary: 'List the orders',
    description:
      'A page of the orders of all products, newest first, for a person who looks for one. `Link` leads to the next page while there is one.',
    query: pageQuery,
    responses: {
      200: { description: 'The orders of the page.', schema: Type.Array(Order), headers: ['link'] },
    },
    errors: ['service-unavailable'],
    isForAdmins: true,
    isConditional: true,
  },
  getOrder: {
    route: 'GET /orders/{id}',
    summary: 'Get an order',
    description: 'The order as it stands. It is there as soon as it is accepted.',
    path: { id: idInPath('The id of the order.', 'order-not-found') },
    responses: { 200: { description: 'The order.', schema: Order } },
    errors: ['service-unavailable'],
    isConditional: true,
  },
  cancelOrder: {
    route: 'POST /orders/{id}/cancellation',
    summary: 'Cancel an order',
    description:
      'A pending or confirmed order is cancelled at once, tells of it with the event `order.cancelled`, and its stock comes back a moment later, once. Asked again, the response is the same; a rejected order is refused. Open as ordering is, unless admin keys are set.',
    path: { id: idInPath('The id of the order.', 'order-not-found') },
    responses: { 200: { description: 'The order, which is cancelled.', schema: Order } },
    errors: ['order-rejected', 'outcome-unknown', 'service-unavailable'],
    isForAdmins: true,
  },
  listOrders: {
    route: 'GET /orders/product/{productId}',
    summary: 'List the orders of a product',
    description:
      'A page of orders, newest first; a new order is in it at once. Empty for a product that nobody ordered. `Link` leads to the next page while there is one.',
    path: {
      productId: {
        description: 'The id of the product; any non-negative integer.',
        schema: Type.Integer({ minimum: 0 }),
        example: 1,
        code: 'product-not-found',
        message: 'A product id is a non-negative integer.',
      },
    },
    query: pageQuery,
    responses: {
      200: {
        description: 'The orders of the page.',
        schema: Type.Array(Order),
        headers: ['x-cache', 'link'],
      },
    },
    errors: ['service-unavailable'],
    isConditional: true,
  },
} satisfies Routes

export const orderTable: RouteTable = {
  tag: { name: 'Orders', description: 'Orders are accepted at once, and settled a moment later.' },
  schemas: { Order, NewOrder },
  routes: orderRoutes,
}
