import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import OfflineLambda from 'serverless-offline/lambda'
import { freePort } from '../../bench/processes/free-port.ts'
import { lambdaAccess } from './lambda-access.ts'
import { guardLambdaPort, openNoLambdaPort } from './lambda-port.ts'

type Lambda = OfflineLambda & { start(): Promise<void>; stop(timeoutMs: number): Promise<void> }

const { start, stop } = OfflineLambda.prototype as Lambda
let place: { dataDirectory: string; lambdaPort: number }
let lambda: Lambda

beforeEach(async () => {
  Object.assign(OfflineLambda.prototype, { start, stop })
  place = {
    dataDirectory: await mkdtemp(join(tmpdir(), 'stockroom-lambda-')),
    lambdaPort: await freePort(),
  }
  lambda = new OfflineLambda({}, {}) as Lambda
})

afterEach(() => rm(place.dataDirectory, { recursive: true }))

const isOpen = () =>
  new Promise((resolve) => {
    const socket = connect(place.lambdaPort, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

/** Headers that hold the token which stands in the data directory now. */
const headersOfNow = async () => (await lambdaAccess(place, 'nobody')).headers

async function statusOfInvocation(headers: Record<string, string>): Promise<number> {
  const { url } = await lambdaAccess(place, 'nobody')
  return (await fetch(url, { method: 'POST', headers, body: '{}' })).status
}

describe('the guarded Lambda port', () => {
  it('is opened by the token of this start alone, whatever a killed shop has left beside others', async () => {
    const tokenFile = `lambda-${place.lambdaPort}.token`
    await writeFile(join(place.dataDirectory, tokenFile), 'known to many', { mode: 0o666 })
    const known = await headersOfNow()
    await guardLambdaPort(place)
    await lambda.start()

    const statuses = [await statusOfInvocation(known), await statusOfInvocation(await headersOfNow())]
    const files = await readdir(place.dataDirectory)
    await lambda.stop(0)

    expect(statuses).toEqual([403, 404]) // the latter was let in: there is no such function
    expect(files).toEqual([tokenFile])
  })

  it('stays closed, and the shop with it, where serverless-offline looks different', async () => {
    Object.assign(OfflineLambda.prototype, { stop: undefined })

    const guarding = guardLambdaPort(place)

    await expect(guarding).rejects.toThrow(/^serverless-offline is not the version .*\.$/)
    expect(await readdir(place.dataDirectory)).toEqual([])
  })

  it('stays closed, and names the variable to set, where the token can not be kept', async () => {
    const file = join(place.dataDirectory, 'file')
    await writeFile(file, '')

    const guarding = guardLambdaPort({ ...place, dataDirectory: file })

    await expect(guarding).rejects.toThrow(/^STOCKROOM_DATA_DIR .* can't be used .*\.$/)
    expect(await isOpen()).toBe(false)
  })
})

it('a worker opens no Lambda port', async () => {
  await openNoLambdaPort()

  await lambda.start()

  expect(await isOpen()).toBe(false)
  await lambda.stop(0)
})
