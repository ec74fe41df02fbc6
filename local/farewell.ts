import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

const farewellMs = 250

/**
 * Answers every request with `connection: close` for a moment, so that clients have left their kept connections by
 * the time the server closes them: a request that meets a connection which is just being closed gets no answer.
 */
export async function sayFarewell(): Promise<void> {
  const close = (message: unknown) => {
    ;(message as { response: ServerResponse }).response.shouldKeepAlive = false
  }
  // https://nodejs.org/api/diagnostics_channel.html#event-httpserverrequeststart
  subscribe('http.server.request.start', close)
  await pause(farewellMs)
  unsubscribe('http.server.request.start', close)
}
