import { ask } from './api.js'
import { act } from './dialogs.js'
import { byId, el, say, showList } from './dom.js'
import { count, pieces, price, time, words } from './format.js'

let routes = new Set()
let opened

function productCard() {
  const name = el('span', { className: 'name' })
  const bar = el('span', { className: 'level' })
  const left = el('strong')
  const facts = el('span', { className: 'facts' })
  let current
  const button = el(
    'button',
    { type: 'button', className: 'product-card', onclick: () => openProduct(current) },
    el('span', { className: 'line' }, name, left),
    el('span', { className: 'bar' }, bar),
    facts,
  )
  return {
    element: el('li', {}, button),
    update(product) {
      current = product
      const { id, qty, sold, reserved } = product
      const whole = Math.max(qty + sold, 1)
      button.dataset.id = id
      button.dataset.state = qty === 0 ? 'out' : qty / whole < 0.2 ? 'low' : 'there'
      bar.style.width = `${(100 * qty) / whole}%`
      say(name, product.name)
      say(left, qty === 0 ? 'sold out' : `${count(qty)} left`)
      say(facts, `${price(product.price)} · ${count(sold)} sold · ${count(reserved)} reserved`)
    },
  }
}

/** Shows the products that sell now. */
export function showProducts(products) {
  showList(byId('products'), products, ({ id }) => id, productCard)
  say(byId('products-note'), products.length === 0 ? 'No products yet: create one, or run a rush.' : '')
}

const line = (...texts) => el('tr', {}, ...texts.map((text) => el('td', { textContent: text })))

async function showDetails({ id }) {
  const [product, orders, movements] = await Promise.all([
    ask('GET', `/products/${id}`),
    ask('GET', `/orders/product/${id}?limit=10`),
    routes.has('get /products/{id}/movements') ? ask('GET', `/products/${id}/movements?limit=10`) : undefined,
  ])
  say(byId('product-title'), product.name)
  say(byId('product-facts'), `Product ${id} · ${price(product.price)} · ${pieces(product.qty)} left`)
  byId('product-orders').replaceChildren(
    ...orders.map(({ id: order, quantity, status, reason, createdAt }) =>
      line(order, count(quantity), [status, words(reason)].filter(Boolean).join(', '), time(createdAt)),
    ),
  )
  byId('product-ledger').replaceChildren(
    ...(movements ?? []).map(({ change, kind, reason, orderId, createdAt }) =>
      line(
        change > 0 ? `+${count(change)}` : count(change),
        words(kind),
        reason ?? (orderId ? `order ${orderId}` : ''),
        time(createdAt),
      ),
    ),
  )
}

async function openProduct(product) {
  opened = product
  if (await act(() => showDetails(product).then(() => true))) byId('product-dialog').showModal()
}

/** Sends what a form says, and empties it when the shop has taken it. */
function onSend(form, send) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (await send(Object.fromEntries(new FormData(form)))) form.reset()
  })
}

/** A page that comes over plain HTTP from another machine has no `crypto.randomUUID`. */
const randomKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')

/** Lets a person create products and adjust their stock, where the shop can. */
export function startProducts(known) {
  routes = known
  byId('ledger').hidden = !routes.has('get /products/{id}/movements')
  const adjustment = byId('adjust')
  adjustment.hidden = !routes.has('post /products/{id}/adjustments')
  // Sent again after an answer that got lost, the same adjustment counts once.
  let key = randomKey()
  adjustment.addEventListener('input', () => {
    key = randomKey()
  })
  onSend(adjustment, async ({ change, reason }) => {
    const body = { change: Number(change), reason }
    const done = await act(
      () => ask('POST', `/products/${opened.id}/adjustments`, { body, headers: { 'idempotency-key': key } }),
      ({ product: { name, qty } }) => `${name}: ${pieces(qty)} now.`,
    )
    if (!done) return done
    key = randomKey()
    await act(() => showDetails(opened))
    return done
  })
  onSend(byId('create'), ({ name, price: each, qty }) =>
    act(
      () => ask('POST', '/products', { body: { name, price: Number(each), qty: Number(qty) } }),
      (product) => `Product ${product.id} is on sale.`,
    ),
  )
}
