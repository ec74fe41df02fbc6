import { ask } from './api.js'
import { act, confirmed } from './dialogs.js'
import { byId, el, row, say, showList } from './dom.js'
import { count, span } from './format.js'

function queueRow() {
  const { element, cells } = row(['queue', 'ready', 'consumers', 'dead'])
  const dead = el('button', { type: 'button', className: 'small bad', onclick: openDeadLetters })
  return {
    element,
    update({ name, ready, consumers, deadLetters }) {
      say(cells.queue, name)
      say(cells.ready, count(ready))
      say(cells.consumers, count(consumers))
      if (deadLetters === 0) {
        dead.remove()
        say(cells.dead, '0')
        return
      }
      say(dead, `${count(deadLetters)}: look`)
      dead.setAttribute('aria-label', `Look at ${count(deadLetters)} dead letters of ${name}`)
      if (!dead.isConnected) cells.dead.replaceChildren(dead)
    },
  }
}

function outboxRow() {
  const { element, cells } = row(['queue', 'ready', 'age'])
  return {
    element,
    update({ name, events, ageSeconds }) {
      say(cells.queue, name)
      say(cells.ready, count(events))
      say(cells.age, events === 0 ? '–' : span(ageSeconds * 1000))
    },
  }
}

const byName = ({ name }) => name

/** Shows what waits in the queues and in the outboxes; null is what can't be read at this moment. */
export function showQueues(queues, outboxes) {
  showList(byId('queues'), queues ?? [], byName, queueRow)
  showList(byId('outboxes'), outboxes ?? [], byName, outboxRow)
  say(byId('queues-note'), queues ? '' : 'The broker doesn’t answer.')
}

const questions = {
  redrive: ['Redrive', (id) => `Put ${id} back into its queue?`, 'is back in its queue.'],
  discard: ['Discard', (id) => `Put ${id} away for good?`, 'is gone.'],
}

/** The broker gives the other letters back a moment later, so they aren't asked for again. */
async function deal(command, { queue, messageId }, item) {
  const [label, question, became] = questions[command]
  if (!(await confirmed(question(messageId), label))) return
  const body = { queue, messageIds: [messageId] }
  const done = await act(async () => {
    const { problems, stayed } = await ask('POST', `/admin/dead-letters/${command}`, { body })
    if (problems.length + stayed.length > 0) throw new Error(problems[0] ?? 'Its queue did not take it.')
    return true
  }, `${messageId} ${became}`)
  if (!done) return
  item.remove()
  const left = byId('letters').children.length
  say(byId('letters-note'), left === 0 ? 'There are none left here.' : `${count(left)} left here`)
}

function letterItem(letter) {
  const { queue, messageId, type, reason, firstFailedAt, attempts, body } = letter
  const facts = [queue, type, firstFailedAt, attempts && `${attempts} attempts`].filter(Boolean).join(' · ')
  const button = (command) =>
    el('button', {
      type: 'button',
      className: command === 'discard' ? 'small bad' : 'small',
      textContent: questions[command][0],
      ariaLabel: `${questions[command][0]} ${messageId}`,
      onclick: () => deal(command, letter, item),
    })
  const item = el(
    'li',
    {},
    el('p', {}, el('strong', { textContent: messageId }), ` ${reason}`),
    el('p', { className: 'facts', textContent: facts }),
    el('pre', { textContent: body, tabIndex: 0, ariaLabel: `The body of ${messageId}` }),
    el('p', { className: 'buttons' }, button('redrive'), button('discard')),
  )
  return item
}

async function showDeadLetters() {
  const { total, letters } = await ask('GET', '/admin/dead-letters')
  say(
    byId('letters-note'),
    total === 0 ? 'There are none.' : `${count(letters.length)} of ${count(total)}, the oldest first`,
  )
  byId('letters').replaceChildren(...letters.map(letterItem))
}

async function openDeadLetters() {
  if (await act(() => showDeadLetters().then(() => true))) byId('letters-dialog').showModal()
}
