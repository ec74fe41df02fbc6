// What the other modules build the page with. Everything is text or an element: nothing is ever parsed as HTML.

export const byId = (id) => document.getElementById(id)

/** An element with properties and children. */
export function el(tag, properties = {}, ...children) {
  const { dataset = {}, ...others } = properties
  const element = Object.assign(document.createElement(tag), others)
  Object.assign(element.dataset, dataset)
  element.append(...children)
  return element
}

/** Leaves a text alone that is there already: a screen reader would read it again. */
export function say(element, text) {
  if (element.textContent !== String(text)) element.textContent = text
}

const known = new WeakMap()

/**
 * Shows a list in `place`, an element for each item. An element stays while its item does, with the focus that it has.
 * @param make makes an element and what brings it up to date: `{element, update(item)}`
 */
export function showList(place, items, keyOf, make) {
  const entries = known.get(place) ?? new Map()
  const shown = new Map()
  for (const item of items) {
    const key = keyOf(item)
    const entry = entries.get(key) ?? make(item)
    entry.update(item)
    shown.set(key, entry)
  }
  for (const [key, { element }] of entries) if (!shown.has(key)) element.remove()
  let index = 0
  for (const { element } of shown.values()) {
    if (place.children[index] !== element) place.insertBefore(element, place.children[index] ?? null)
    index += 1
  }
  known.set(place, shown)
}

/** A row of a table whose cells are brought up to date by name. */
export function row(names, options = {}) {
  const cells = Object.fromEntries(names.map((name) => [name, el('td', { className: name })]))
  return { element: el('tr', options, ...Object.values(cells)), cells }
}
