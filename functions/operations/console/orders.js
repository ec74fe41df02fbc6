import { ask } from './api.js'
import { act, confirmed } from './dialogs.js'
import { byId, el, row, say, showList } from './dom.js'
import { count, price, time, words } from './format.js'

const columns = ['id', 'product', 'pieces', 'total', 'status', 'at', 'request', 'actions']
let shown = []
let found
let canCancel = false

const badge = () => el('span', { className: 'badge' })

function showBadge(place, { status, reason }) {
  place.dataset.status = status
  say(place, status)
  place.title = words(reason)
}

async function cancel({ id, status }) {
  const gone = status === 'confirmed' ? ' Its pieces go back into stock.' : ''
  if (!(await confirmed(`Cancel the order ${id}?${gone}`, 'Cancel the order'))) return
  const order = await act(() => ask('POST', `/orders/${id}/cancellation`), `Order ${id} is cancelled.`)
  if (order && found)
    found = { ...found, orders: found.orders.map((one) => (one.id === id ? { ...one, ...order } : one)) }
  render()
}

function orderRow() {
  const { element, cells } = row(columns)
  const status = badge()
  const reason = el('small')
  cells.status.append(status, reason)
  let current
  const button = el('button', {
    type: 'button',
    className: 'small',
    textContent: 'Cancel',
    onclick: () => cancel(current),
  })
  return {
    element,
    update(order) {
      current = order
      say(cells.id, order.id)
      say(cells.product, order.productId)
      say(cells.pieces, count(order.quantity))
      say(cells.total, price(order.totalPrice))
      say(cells.at, time(order.createdAt))
      say(cells.request, order.requestId ?? '')
      cells.request.title = order.requestId ?? ''
      showBadge(status, order)
      say(reason, words(order.reason))
      const mayCancel = canCancel && ['pending', 'confirmed'].includes(order.status)
      if (mayCancel && !button.isConnected) {
        button.setAttribute('aria-label', `Cancel order ${order.id}`)
        cells.actions.append(button)
      } else if (!mayCancel) button.remove()
    },
  }
}

function render() {
  showList(byId('orders'), found?.orders ?? shown, ({ id }) => id, orderRow)
  say(byId('orders-note'), found?.note ?? (shown.length === 0 ? 'No orders yet: run a rush.' : ''))
}

/** Shows the newest orders, unless somebody is looking at those that were found. */
export function showOrders(orders) {
  shown = orders
  if (found?.text) findAmongShown(found.text)
  render()
}

/** An id is that of one order; of a request id the beginning is enough. */
function findAmongShown(text) {
  const named = shown.filter(({ id }) => String(id) === text)
  const orders = named.length > 0 ? named : shown.filter(({ requestId }) => requestId?.startsWith(text))
  if (orders.length > 0) found = { text, orders, note: `${orders.length} found` }
  return orders.length > 0
}

async function find(text) {
  found = undefined
  if (text && !findAmongShown(text)) {
    const order = /^[1-9]\d{0,15}$/.test(text)
      ? await ask('GET', `/orders/${text}`).catch(() => undefined)
      : undefined
    const note = order
      ? '1 found'
      : `No order has this id, and none of the newest ${shown.length} this request id.`
    found = { orders: order ? [order] : [], note }
  }
  render()
}

/** Lets a person find orders, and cancel them where the shop can. */
export function startOrders(routes) {
  canCancel = routes.has('post /orders/{id}/cancellation')
  const form = byId('find')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    find(form.elements.text.value.trim())
  })
  form.elements.text.addEventListener('input', () => {
    if (form.elements.text.value === '') find('')
  })
}
