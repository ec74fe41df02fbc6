import { printable } from '@stockroom/messaging/foreign-text'

interface Letter {
  messageId: string
}

const shortest = 8
/** What is shorter is a slip, such as a variable of the shell that isn't set, rather than the beginning of an id. */
const shortestNamed = 4

/**
 * What each id is listed as: its first eight characters, or as many as no other one begins with. Ids with more in them
 * than letters, digits and hyphens stay whole, and what can't be printed is escaped.
 */
export function shortIds(letters: readonly Letter[]): (letter: Letter) => string {
  const ids = [...new Set(letters.map(({ messageId }) => printable(messageId)))].sort()
  const short = new Map(
    ids.map((id, index) => {
      const shared = Math.max(...[ids[index - 1], ids[index + 1]].map((other = '') => sharedStart(id, other)))
      return [id, /^[\w-]+$/.test(id) ? id.slice(0, Math.max(shortest, shared + 1)) : id]
    }),
  )
  return ({ messageId }) => short.get(printable(messageId)) ?? printable(messageId)
}

function sharedStart(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}

/**
 * Chooses the letters that `names` name, each by its id, by what its id is listed as, or by a beginning of four
 * characters or more that no other id has.
 * @returns those letters in their order, and a sentence for each name that names none or several
 */
export function choose<L extends Letter>(
  letters: readonly L[],
  names: ReadonlySet<string>,
): { chosen: L[]; problems: string[] } {
  const ids = new Map(
    letters.flatMap(({ messageId }) => [messageId, printable(messageId)].map((name) => [name, messageId])),
  )
  const chosen = new Set<string>()
  const problems: string[] = []
  for (const name of names) {
    const found = ids.has(name) ? [name] : beginningWith(name, [...ids.keys()])
    const named = new Set(found.map((one) => printable(ids.get(one) ?? one)))
    if (named.size === 1) chosen.add([...named][0] as string)
    else if (named.size === 0) problems.push(`There is no dead letter ${printable(name)}.`)
    else problems.push(`${named.size} ids begin with ${printable(name)}: say more of the one that is meant.`)
  }
  return { chosen: letters.filter(({ messageId }) => chosen.has(printable(messageId))), problems }
}

const beginningWith = (name: string, ids: readonly string[]) =>
  name.length < shortestNamed ? [] : ids.filter((id) => id.startsWith(name))
