import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import OfflineLambda from 'serverless-offline/lambda'
import { freePort } from '../../tests/support/free-port.ts'
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

async function statusOfInvocation(): Promise<number> {
  const { url, headers } = await lambdaAccess(place, 'nobody')
  return (await fetch(url, { method: 'POST', headers, body: '{}' })).status
}

describe('the guarded Lambda port', () => {
  it('is named by its port in the data directory, so that several shops share it', async () => {
    await guardLambdaPort(place)
    await lambda.start()

    const files = await readdir(place.dataDirectory)
    const status = await statusOfInvocation()
    await lambda.stop(0)

    expect(files).toEqual([`lambda-${place.lambdaPort}.token`])
    expect(status).toBe(404) // it was let in: there is no such function
  })

  it('has another token at every start, whatever a killed shop has left', async () => {
    const tokenFile = join(place.dataDirectory, `lambda-${place.lambdaPort}.token`)
    await writeFile(tokenFile, 'known to many', { mode: 0o666 })
    const { headers: known } = await lambdaAccess(place, 'nobody')
    await guardLambdaPort(place)
    await lambda.start()

    const { url } = await lambdaAccess(place, 'nobody')
    const answer = await fetch(url, { method: 'POST', headers: known, body: '{}' })
    await lambda.stop(0)

    expect(answer.status).toBe(403)
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
