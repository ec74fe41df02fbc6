import { askForKey } from './dialogs.js'

// Where the key lives: in this tab, and no longer than it.
const keyName = 'stockroom-admin-key'

/** An answer that is a refusal, with the problem details that came with it. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(
      problem?.errors?.map(({ path, message }) => `${path} ${message}`).join(', ') ??
        problem?.detail ??
        `The shop answered ${status}.`,
    )
    this.status = status
  }
}

let asking

/** Everybody who needs the key waits for the same question. */
function newKey(wasRefused) {
  asking ??= askForKey(wasRefused).finally(() => {
    asking = undefined
  })
  return asking
}

/**
 * Sends a request and resolves to what the shop says. Where it wants the admin key, the person is asked for that.
 * @throws Refusal for every status but those of success
 */
export async function ask(method, path, { body, headers } = {}) {
  for (;;) {
    const key = sessionStorage.getItem(keyName)
    const response = await fetch(path, {
      method,
      headers: {
        ...(key && { 'x-api-key': key }),
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    })
    if (response.status === 401 || response.status === 403) {
      // Somebody may have given it meanwhile.
      if (key === sessionStorage.getItem(keyName)) {
        const given = await newKey(key !== null)
        if (given === undefined) throw new Refusal(response.status, { detail: 'This needs the admin key.' })
        sessionStorage.setItem(keyName, given)
      }
      continue
    }
    const said = await response.json().catch(() => undefined)
    if (!response.ok) throw new Refusal(response.status, said)
    return said
  }
}

/** What the shop can do, as `method /path`, out of its OpenAPI document. */
export async function readRoutes() {
  const { paths } = await ask('GET', '/openapi.json')
  return new Set(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    ),
  )
}
