import { describe, expect, it } from '@jest/globals'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { handler as answerUnknownRoute } from '../../../functions/operations/answer-unknown-route.ts'
import { handler as warmCache } from '../../../functions/operations/warm-cache.ts'
import { handler as createOrder } from '../../../functions/orders/create-order.ts'
import { handler as getOrder } from '../../../functions/orders/get-order.ts'
import { handler as listAllOrders } from '../../../functions/orders/list-all-orders.ts'
import { handler as listOrders } from '../../../functions/orders/list-orders.ts'
import { handler as createProduct } from '../../../functions/products/create-product.ts'
import { handler as deleteProduct } from '../../../functions/products/delete-product.ts'
import { handler as listProducts } from '../../../functions/products/list-products.ts'
import { handler as updateProduct } from '../../../functions/products/update-product.ts'
import { handler as getProductWithOrders } from '../../../functions/storefront/get-product-with-orders.ts'
import { handler as getProduct } from '../../../functions/storefront/show-product.ts'
import { apiEvent } from '../../support/api-event.ts'
import { violationsOf } from '../../support/contract.ts'
import {
  type HostileRequest,
  hostileRequests,
  internalWordIn,
  productsNeeded,
} from '../../support/hostile-requests.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { handOn } from '../../support/loopback-shop.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { seed } from '../../support/seed.ts'
import { storeProduct } from '../../support/stories.ts'

const cases = 10_000
const atOnce = 40

ownServices()
const broker = RecordingBroker.inPlace()

const endpoints: Record<string, typeof createOrder> = {
  'POST /products': createProduct,
  'GET /products': listProducts,
  'GET /products/{id}': getProduct,
  'PATCH /products/{id}': updateProduct,
  'DELETE /products/{id}': deleteProduct,
  'GET /products/{id}/with-orders': getProductWithOrders,
  'POST /orders': createOrder,
  'GET /orders': listAllOrders,
  'GET /orders/{id}': getOrder,
  'GET /orders/product/{id}': listOrders,
  'POST /admin/cache/warmup': warmCache,
  'GET /nowhere/{id}': answerUnknownRoute,
}

/** Sends a request through the whole chain of its endpoint, as API Gateway would; every tenth body as base64. */
async function send({ route, id, query, headers, body }: HostileRequest, index: number) {
  const isBase64Encoded = body !== undefined && index % 10 === 0
  const event = apiEvent({
    path: { id, productId: id },
    query,
    headers,
    body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded,
  })
  const endpoint = endpoints[route.join(' ')] as typeof createOrder
  const [method, path] = route
  return { method, path, ...(await endpoint(event, lambdaContext())) }
}

/** What is wrong with an answer, if anything. */
function faultOf(answer: Awaited<ReturnType<typeof send>>): string | undefined {
  const { statusCode, headers, body } = answer
  if (statusCode >= 500) return `it is a ${statusCode}`
  const word = internalWordIn({ headers, body })
  if (word) return `it says "${word}"`
  if (!headers['x-request-id']) return 'it has no request id'
  return violationsOf({ ...answer, status: statusCode })[0]
}

describe(`${cases} hostile requests (seed ${seed})`, () => {
  it('get no 5xx and no internal word, and the books balance after them', async () => {
    const faults: object[] = []
    const statuses: Record<number, number> = {}
    let placed = 0
    for (let n = 0; n < productsNeeded; n += 1) await storeProduct({ qty: 60 })

    const requests = hostileRequests(cases, seed)
    for (let begin = 0; begin < cases; begin += atOnce) {
      await Promise.all(
        requests.slice(begin, begin + atOnce).map(async (request, index) => {
          const answer = await send(request, begin + index)
          statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1
          if (answer.statusCode === 202 && !answer.headers['idempotent-replayed']) placed += 1
          const fault = faultOf(answer)
          if (fault) faults.push({ fault, request, answer })
        }),
      )
      if (begin % 2000 === 0) await handOn(broker)
    }
    await handOn(broker)

    expect({ seed, faults: faults.slice(0, 5) }).toEqual({ seed, faults: [] })
    // They reached every kind of answer, so that they were no idle talk.
    expect(Object.keys(statuses).map(Number)).toEqual([200, 201, 202, 204, 400, 404, 409, 415, 422])
    expect(await reconcile()).toMatchObject({ violations: [], orders: { accepted: placed, pending: 0 } })
  }, 120_000)
})
