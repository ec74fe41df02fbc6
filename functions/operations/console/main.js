import { ask, Refusal, readRoutes } from './api.js'
import { showCharts } from './charts.js'
import { act } from './dialogs.js'
import { byId, el, say, showList } from './dom.js'
import { count, span } from './format.js'
import { showOrders, startOrders } from './orders.js'
import { showProducts, startProducts } from './products.js'
import { showQueues } from './queues.js'
import { runRush, showOutcome } from './rush.js'

const everyMs = 1000
/** While a rush runs one wants to see the stock go down. */
const everyMsInRush = 250
let isInRush = false
let timer

function showHealth({ status, services, warnings = [] }) {
  byId('health').dataset.status = status
  say(byId('health'), status)
  say(byId('warnings'), warnings.join(' '))
  showList(
    byId('services'),
    Object.entries(services),
    ([name]) => name,
    () => {
      const element = el('li')
      return {
        element,
        update([name, state]) {
          element.dataset.state = state
          say(element, `${name} ${state}`)
        },
      }
    },
  )
}

function showPace({ pending, oldestPendingSeconds, settling, seconds }, now) {
  const lastOver = Math.floor(Date.parse(now) / 1000) * 1000 - 1000
  const last = seconds.find(({ at }) => Date.parse(at) === lastOver)
  for (const name of ['accepted', 'confirmed', 'rejected']) say(byId(name), count(last?.[name] ?? 0))
  say(byId('pending'), count(pending))
  say(byId('oldest'), pending === 0 ? 'none waits' : `the oldest ${span(oldestPendingSeconds * 1000)}`)
  say(byId('p50'), span(settling?.p50Ms))
  say(byId('p95'), span(settling?.p95Ms))
}

function show({ health, orders, products, queues, outboxes }) {
  showHealth(health)
  showQueues(queues, outboxes)
  if (products) showProducts(products)
  if (!orders) return
  showPace(orders, health.timestamp)
  showCharts({ seconds: orders.seconds, now: health.timestamp })
  showOrders(orders.latest)
}

function showSilence(error) {
  const needsKey = error instanceof Refusal && [401, 403].includes(error.status)
  byId('health').dataset.status = 'unhealthy'
  say(byId('health'), needsKey ? 'locked' : 'no answer')
  say(byId('warnings'), needsKey ? '' : 'The shop doesn’t answer. This page asks again every second.')
  byId('unlock').hidden = !needsKey
  return needsKey
}

/** Asks again a second after the last answer, as long as somebody looks. */
async function watch() {
  clearTimeout(timer)
  let isLocked = false
  try {
    show(await ask('GET', '/admin/overview'))
    byId('unlock').hidden = true
  } catch (error) {
    isLocked = showSilence(error)
  }
  clearTimeout(timer)
  if (!isLocked && document.visibilityState === 'visible') {
    timer = setTimeout(watch, isInRush ? everyMsInRush : everyMs)
  }
}

function startRush() {
  const form = byId('rush')
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const { stock, wanted } = form.elements
    const button = byId('rush-start')
    isInRush = true
    button.disabled = true
    byId('rush-outcome').hidden = false
    for (const id of ['rush-accepted', 'rush-confirmed', 'rush-refused', 'rush-oversold', 'rush-time'])
      say(byId(id), '…')
    await act(async () => showOutcome(await runRush(Number(stock.value), Number(wanted.value))))
    button.disabled = false
    isInRush = false
    watch()
  })
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') watch()
})
byId('unlock').addEventListener('click', watch)
startRush()
const routes = await readRoutes().catch(() => new Set())
startOrders(routes)
startProducts(routes)
watch()
