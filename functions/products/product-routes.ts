import { idempotencyKeyHeader } from '@stockroom/http/idempotency-key'
import { pageQuery } from '@stockroom/http/pagination'
import { idInPath, ifMatchHeader } from '@stockroom/http/parameters'
import type { Routes, RouteTable } from '@stockroom/http/route'
import Type from 'typebox'
import { AdjustedStock, Adjustment, Movement } from './movement.ts'
import { NewProduct, Product, ProductChange } from './product.ts'
import { productListQuery } from './product-list.ts'

const path = { id: idInPath('The id of the product.', 'product-not-found') }
const ifMatch = { 'if-match': ifMatchHeader }

export const productRoutes = {
  createProduct: {
    route: 'POST /products',
    summary: 'Create a product',
    description: 'Adds a product with its first stock and tells of it with the event `product.created`.',
    body: NewProduct,
    responses: { 201: { description: 'The product.', schema: Product, headers: ['location', 'etag'] } },
    errors: ['outcome-unknown', 'service-unavailable'],
    isForAdmins: true,
  },
  listProducts: {
    route: 'GET /products',
    summary: 'List the products',
    description:
      'A page of products, all of them newest first, or those that are looked for. `Link` leads to the next page while there is one.',
    query: productListQuery,
    responses: {
      200: { description: 'The products of the page.', schema: Type.Array(Product), headers: ['link'] },
    },
    errors: ['service-unavailable'],
    isConditional: true,
  },
  getProduct: {
    route: 'GET /products/{id}',
    summary: 'Get a product',
    description: 'The product with its present price and stock. It may come out of the cache.',
    path,
    responses: { 200: { description: 'The product.', schema: Product, headers: ['x-cache'] } },
    errors: ['service-unavailable'],
    isConditional: true,
  },
  updateProduct: {
    route: 'PATCH /products/{id}',
    summary: 'Change a product',
    description:
      'Changes one or more of name, price and stock, and tells of it with the event `product.updated`. `qty` sets the stock; the ledger records the difference.',
    path,
    headers: ifMatch,
    body: ProductChange,
    responses: { 200: { description: 'The product as it is now.', schema: Product, headers: ['etag'] } },
    errors: ['precondition-failed', 'service-unavailable', 'outcome-unknown'],
    isForAdmins: true,
  },
  adjustStock: {
    route: 'POST /products/{id}/adjustments',
    summary: 'Adjust the stock of a product',
    description:
      'Changes the stock by a difference, never below zero, enters that into the ledger with its reason, and tells of it with the event `product.updated`. Send an `Idempotency-Key` to be able to ask again: the same key and request give the first response again, for 24 hours.',
    path,
    headers: { 'idempotency-key': idempotencyKeyHeader('adjustment') },
    body: Adjustment,
    responses: {
      201: {
        description: 'The product as it is now, and the entry of the ledger.',
        schema: AdjustedStock,
        headers: ['etag', 'idempotent-replayed'],
      },
    },
    errors: [
      'service-unavailable',
      'insufficient-stock',
      'stock-too-large',
      'idempotency-key-in-progress',
      'idempotency-key-reused',
      'outcome-unknown',
    ],
    isForAdmins: true,
  },
  listMovements: {
    route: 'GET /products/{id}/movements',
    summary: 'List the ledger of a product',
    description:
      'A page of everything that has changed the stock, and of the orders that got nothing, newest first; that of a deleted product, too. `Link` leads to the next page while there is one.',
    path,
    query: pageQuery,
    responses: {
      200: { description: 'The entries of the page.', schema: Type.Array(Movement), headers: ['link'] },
    },
    errors: ['service-unavailable'],
    isForAdmins: true,
    isConditional: true,
  },
  deleteProduct: {
    route: 'DELETE /products/{id}',
    summary: 'Delete a product',
    description:
      'Takes the product out of the shop and tells of it with the event `product.deleted`. Its orders stay.',
    path,
    headers: ifMatch,
    responses: { 204: { description: 'The product is gone.' } },
    errors: ['precondition-failed', 'service-unavailable', 'outcome-unknown'],
    isForAdmins: true,
  },
} satisfies Routes

export const productTable: RouteTable = {
  tag: { name: 'Products', description: 'What the shop sells, with price and stock.' },
  schemas: { Product, NewProduct, ProductChange, Adjustment, Movement, AdjustedStock },
  routes: productRoutes,
}
