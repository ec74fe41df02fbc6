import { Agent, request } from 'node:http'
import Module, { registerHooks } from 'node:module'
import { delimiter, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

/*
 * What Lambda's Node has and another hasn't, loaded before the runtime interface client. Two things: ES modules are
 * looked for along NODE_PATH as well, and the client's native part is there. That part speaks HTTP with the Runtime API
 * and needs a compiler to be installed; where it was not compiled, this does the same.
 */

const roots = (process.env.NODE_PATH ?? '').split(delimiter).filter((root) => root.endsWith('/node_modules'))
const nativeClient = './rapid-client.node'

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context)
    } catch (error) {
      if (/^[./]|:/.test(specifier)) throw error
      for (const root of roots) {
        try {
          return next(specifier, { ...context, parentURL: pathToFileURL(`${dirname(root)}/_`).href })
        } catch {
          // The next one, perhaps.
        }
      }
      throw error
    }
  },
})

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** Sends one request; they go out one after the other, so that an answer is there before the next event is asked for. */
function send(method, path, body, headers) {
  const { promise, resolve, reject } = Promise.withResolvers()
  const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
  const options = { hostname, port, method, path: `/2018-06-01/runtime/${path}`, agent, headers }
  request(options, async (response) => {
    const text = Buffer.concat(await response.toArray()).toString()
    resolve({ bodyJson: text, headers: response.headers })
  })
    .on('error', reject)
    .end(body)
  return promise
}

const json = { 'content-type': 'application/json' }
const client = {
  next: () => send('GET', 'invocation/next'),
  done: (id, body) => void send('POST', `invocation/${id}/response`, body, json),
  error: (id, body, xray) =>
    void send('POST', `invocation/${id}/error`, body, {
      ...json,
      'lambda-runtime-function-xray-error-cause': Buffer.from(xray ?? '').toString('base64'),
    }),
}

const { _load: load } = Module
Module._load = function loadWithClient(name, ...rest) {
  if (name !== nativeClient) return load.call(this, name, ...rest)
  try {
    return load.call(this, name, ...rest)
  } catch {
    return client
  }
}
