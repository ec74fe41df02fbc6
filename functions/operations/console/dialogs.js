import { byId, el, say } from './dom.js'

/** Opens a dialog and resolves to the fields of its form when that is sent, or to undefined when it is left. */
function open(dialog) {
  const form = dialog.querySelector('form')
  form.reset()
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => resolve(dialog.returnValue === 'ok' ? Object.fromEntries(new FormData(form)) : undefined),
      { once: true },
    )
  })
}

/** Asks for the admin key; resolves to undefined when the person has none. */
export async function askForKey(wasRefused) {
  say(
    byId('key-why'),
    wasRefused
      ? 'The shop knows no such key. Try another one.'
      : 'This shop has an admin key. It is kept for this tab alone.',
  )
  const fields = await open(byId('key-dialog'))
  return fields?.key || undefined
}

/** Asks before something that can't be taken back. */
export async function confirmed(question, label) {
  say(byId('confirm-question'), question)
  say(byId('confirm-yes'), label)
  return (await open(byId('confirm-dialog'))) !== undefined
}

// They aren't what Enter presses, as a first button that sends its form would be.
for (const button of document.querySelectorAll('dialog .leave')) {
  button.addEventListener('click', () => button.closest('dialog').close())
}

let fading

/** Says in a corner what became of an action. */
export function tell(text, isGood = true) {
  clearTimeout(fading)
  const place = byId('toast')
  place.replaceChildren(el('p', { className: isGood ? 'good' : 'bad', textContent: text }))
  // What is shown last stands above a dialog that is open.
  place.hidePopover()
  place.showPopover()
  fading = setTimeout(() => place.hidePopover(), 6000)
}

/** Does something that a person has asked for, and says what became of it. */
export async function act(work, success) {
  try {
    const result = await work()
    if (success) tell(typeof success === 'function' ? success(result) : success)
    return result
  } catch (error) {
    tell(error.message, false)
    return undefined
  }
}
