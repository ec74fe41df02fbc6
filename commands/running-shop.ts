import { ConfigurationError } from '@stockroom/runtime/configuration'
import { lambdaAccess, portsOfTokens } from '../local/functions/lambda-access.ts'
import type { LocalSettings } from '../local/settings/settings.ts'

type Place = Pick<LocalSettings, 'dataDirectory' | 'lambdaPort'>

const probeWithinMs = 2000

/**
 * Invokes a function in the shop that runs with the data directory, at whatever port it takes invocations.
 * @param functionKey as in serverless.yml
 * @returns what the function answers, or undefined when no shop runs there
 * @throws ConfigurationError when several run there and `lambdaPort` is none of theirs; Error in one line when the shop
 * doesn't answer in time
 */
export async function askRunningShop(
  place: Place,
  functionKey: string,
  event: object,
  withinMs: number,
): Promise<object | undefined> {
  const lambdaPort = await portOfShop(place)
  if (lambdaPort === undefined) return undefined
  const { url, headers } = await lambdaAccess({ ...place, lambdaPort }, functionKey)
  const signal = AbortSignal.timeout(withinMs)
  try {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(event), signal })
    return Object(await response.json())
  } catch (cause) {
    throw new Error(`The shop at LAMBDA_PORT ${lambdaPort} gives no answer to ${functionKey}.`, { cause })
  }
}

async function portOfShop({ dataDirectory, lambdaPort }: Place): Promise<number | undefined> {
  const ports = await portsOfTokens(dataDirectory)
  const isRunning = await Promise.all(ports.map((port) => isShop({ dataDirectory, lambdaPort: port })))
  const running = ports.filter((_, index) => isRunning[index])
  if (running.length < 2) return running[0]
  if (running.includes(lambdaPort)) return lambdaPort
  throw new ConfigurationError(
    `Several shops run with STOCKROOM_DATA_DIR ${dataDirectory}; set LAMBDA_PORT to that of one: ${running.join(', ')}.`,
  )
}

/** A killed shop leaves its token, and its port to whoever takes it: only the shop tells this token from another. */
async function isShop(place: Place): Promise<boolean> {
  const { url, headers } = await lambdaAccess(place, 'nothing')
  const signal = AbortSignal.timeout(probeWithinMs)
  const isForbidden = async (sent: Record<string, string>) =>
    (await fetch(url, { headers: sent, signal })).status === 403
  try {
    return !(await isForbidden(headers)) && (await isForbidden({}))
  } catch {
    return signal.aborted // a shop under load may be slow, and what isn't one doesn't answer later either
  }
}
