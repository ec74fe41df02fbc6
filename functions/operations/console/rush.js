import { ask } from './api.js'
import { byId, say } from './dom.js'
import { count, pieces, span } from './format.js'

const atOnce = 24
const tries = 5
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A UUID, also where the page doesn't come over HTTPS. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

/** Orders one piece; with its key it is one order, however often it is sent. Resolves to the status of the answer. */
async function order(productId) {
  const key = newKey()
  for (let left = tries; ; left -= 1) {
    try {
      await ask('POST', '/orders', { body: { productId, quantity: 1 }, headers: { 'idempotency-key': key } })
      return 202
    } catch ({ status = 0 }) {
      const mayPass = status === 0 || status === 429 || status >= 500
      if (!mayPass || left <= 1) return status
      await pause(200 * (tries - left + 1))
    }
  }
}

/** Every order of the product, as the shop has it. */
async function ordersOf(productId) {
  const orders = []
  let path = `/orders/product/${productId}?limit=100`
  while (path) {
    const response = await fetch(path)
    if (!response.ok) throw new Error(`The shop answered ${response.status}.`)
    orders.push(...(await response.json()))
    path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1]
  }
  return orders
}

async function settledOrdersOf(productId) {
  for (;;) {
    const orders = await ordersOf(productId)
    if (orders.every(({ status }) => status !== 'pending')) return orders
    say(
      byId('rush-phase'),
      `${count(orders.filter(({ status }) => status === 'pending').length)} orders wait to be settled`,
    )
    await pause(200)
  }
}

function show({ stock, wanted, accepted, refused, failed }) {
  const sent = accepted + refused + failed
  byId('rush-sent').style.width = `${(100 * sent) / wanted}%`
  say(byId('rush-phase'), `${count(sent)} of ${count(wanted)} orders sent for ${pieces(stock)}`)
  say(byId('rush-accepted'), count(accepted))
  say(byId('rush-refused'), count(refused))
}

/**
 * Puts `stock` pieces on sale and orders `wanted` times one, from this browser.
 * @returns what became of the orders, counted from the orders and the product as the shop has them
 */
export async function runRush(stock, wanted) {
  const name = `Rush of ${new Date().toISOString().slice(0, 19).replace('T', ' ')}`
  const product = await ask('POST', '/products', { body: { name, price: 19.99, qty: stock } })
  const state = { stock, wanted, accepted: 0, refused: 0, failed: 0 }
  let left = wanted
  show(state)
  const customer = async () => {
    while (left > 0) {
      left -= 1
      const status = await order(product.id)
      if (status === 202) state.accepted += 1
      else if (status === 409) state.refused += 1
      else state.failed += 1
      show(state)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, wanted) }, customer))
  return { product, ...state, ...(await outcomeOf(product, stock)) }
}

async function outcomeOf(product, stock) {
  const orders = await settledOrdersOf(product.id)
  const of = (wantedStatus) => orders.filter(({ status }) => status === wantedStatus)
  const confirmed = of('confirmed').reduce((sum, { quantity }) => sum + quantity, 0)
  const begin = Math.min(...orders.map(({ createdAt }) => Date.parse(createdAt)))
  const end = Math.max(...orders.map(({ settledAt }) => Date.parse(settledAt)))
  return {
    confirmed,
    rejected: of('rejected').length,
    oversold: Math.max(0, confirmed - stock),
    ms: Math.max(0, end - begin),
  }
}

/** Says what became of a rush. */
export function showOutcome({ stock, wanted, confirmed, rejected, refused, failed, oversold, ms }) {
  byId('rush-sent').style.width = '100%'
  say(byId('rush-confirmed'), count(confirmed))
  say(byId('rush-refused'), count(refused + rejected))
  say(byId('rush-oversold'), count(oversold))
  say(byId('rush-time'), span(ms))
  const soldOut =
    confirmed === stock
      ? `${pieces(stock)}, sold to the last one`
      : `${count(confirmed)} of ${pieces(stock)} sold`
  const others = `${count(refused)} orders were refused at once, ${count(rejected)} rejected a moment later`
  const lost = failed > 0 ? `, ${count(failed)} had no answer` : ''
  const verdict = oversold === 0 ? 'Nothing was oversold.' : `${pieces(oversold)} OVERSOLD.`
  say(byId('rush-phase'), `${soldOut}, of ${count(wanted)} orders: ${others}${lost}. ${verdict}`)
}
