import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalSettings } from '../settings/settings.ts'

type Place = Pick<LocalSettings, 'dataDirectory' | 'lambdaPort'>

/** The one interface at which functions are invoked by name, whatever HTTP_HOST is: that of this machine. */
export const lambdaHost = '127.0.0.1'

/** The header that carries the token of a start. */
export const tokenHeader = 'x-stockroom-token'

/** Several shops may share a folder, never a port. */
const tokenFile = ({ dataDirectory, lambdaPort }: Place) => join(dataDirectory, `lambda-${lambdaPort}.token`)

/** The ports whose tokens lie in a data directory: those of its running shops, and of killed ones. */
export async function portsOfTokens(dataDirectory: string): Promise<number[]> {
  const files = await readdir(dataDirectory).catch(() => [])
  return files.flatMap((name) => /^lambda-(\d+)\.token$/.exec(name)?.[1] ?? []).map(Number)
}

/**
 * Makes the token of this start and keeps it in the data directory, where this process's user alone can read it, until
 * `forget()`.
 * @throws Error in one line when the folder can't be written
 */
export async function keepToken(place: Place): Promise<{ token: string; forget(): Promise<void> }> {
  const token = randomBytes(32).toString('hex')
  const file = tokenFile(place)
  try {
    await mkdir(place.dataDirectory, { recursive: true })
    // What a killed shop left there may have other rights, and may be a link.
    await rm(file, { force: true })
    await writeFile(file, token, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw new Error(
      `STOCKROOM_DATA_DIR ${place.dataDirectory} can't be used (${(error as Error).message}); set STOCKROOM_DATA_DIR to a folder that can be written.`,
      { cause: error },
    )
  }
  return { token, forget: () => rm(file, { force: true }) }
}

/** Where the shop of this port takes invocations of a function, and the header that it wants; without a shop none opens it. */
export async function lambdaAccess(place: Place, functionKey: string) {
  const token = await readFile(tokenFile(place), 'utf8').catch(() => '')
  return {
    url: `http://${lambdaHost}:${place.lambdaPort}/2015-03-31/functions/stockroom-dev-${functionKey}/invocations`,
    headers: { [tokenHeader]: token },
  }
}
