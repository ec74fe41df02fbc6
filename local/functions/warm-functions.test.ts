import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import Lambda from 'serverless-offline/lambda'
import { apiEvent } from '../../tests/support/api-event.ts'
import { keepFunctionsWarm } from './warm-functions.ts'

/** As the log of Serverless: its functions are inherited. */
class InheritedLog {
  readonly told: string[] = []
  warning = jest.fn()

  error(text: unknown) {
    this.told.push(String(text))
  }

  notice(text: string) {
    this.told.push(text)
  }
}

const log = new InheritedLog()
let directory: string
let lambda: Lambda

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stockroom-functions-'))
  await writeFile(
    join(directory, 'functions.mjs'),
    `let calls = 0
     export const count = async (event, context) =>
       ({ call: ++calls, event, context, leftMs: context.getRemainingTimeInMillis() })
     export const fail = async () => { throw new Error('no paper left') }`,
  )
  await writeFile(join(directory, 'broken.mjs'), 'export const handler = ;')
  await keepFunctionsWarm({ directory, provider: { timeout: 10, memorySize: 512 } }, log)
  lambda = new Lambda({}, {})
  lambda.create([
    { functionKey: 'count', functionDefinition: { name: 'shop-count', handler: 'functions.count' } },
    { functionKey: 'fail', functionDefinition: { name: 'shop-fail', handler: 'functions.fail' } },
    { functionKey: 'broken', functionDefinition: { name: 'shop-broken', handler: 'broken.handler' } },
    { functionKey: 'missing', functionDefinition: { name: 'shop-missing', handler: 'nowhere.handler' } },
  ])
})

afterAll(() => rm(directory, { recursive: true }))

async function run(functionKey: string, event?: unknown): Promise<unknown> {
  const environment = lambda.get(functionKey)
  environment.setEvent(event)
  return environment.runHandler()
}

beforeEach(() => {
  log.told.length = 0
})

describe('a warm function', () => {
  it('is loaded once, and called with its own event, context and time, beside other calls', async () => {
    const answers = await Promise.all([1, 2].map((order) => run('count', { order })))

    const context = { functionName: 'shop-count', memoryLimitInMB: '512', awsRequestId: expect.any(String) }
    expect(answers).toMatchObject([
      { call: 1, event: { order: 1 }, context },
      { call: 2, event: { order: 2 }, context },
    ])
    for (const { leftMs } of answers as { leftMs: number }[]) {
      expect(leftMs).toBeGreaterThan(0)
      expect(leftMs).toBeLessThanOrEqual(10_000)
    }
  })

  it('tells its error to the caller and to the log', async () => {
    const failed = run('fail')

    await expect(failed).rejects.toThrow('no paper left')
    expect(log.told).toEqual(["Unhandled exception in handler 'functions.fail'.", 'Error: no paper left'])
  })

  it('whose file is missing fails at every call', async () => {
    for (let call = 0; call < 2; call += 1) await expect(run('missing')).rejects.toBeDefined()
  })
})

describe('a function that fails', () => {
  it.each(['fail', 'broken', 'missing'])(
    'answers a request with problem details of status 500, and with nothing of the error: %s',
    async (functionKey) => {
      const answer = (await run(functionKey, apiEvent({ headers: { 'x-request-id': 'mine' } }))) as {
        body: string
      }

      expect(answer).toMatchObject({ statusCode: 500, headers: { 'x-request-id': 'mine' } })
      expect(JSON.parse(answer.body)).toEqual({
        type: 'urn:stockroom:problem:internal-error',
        title: expect.any(String),
        status: 500,
        detail: 'The shop could not handle the request. Its output says why.',
        code: 'internal-error',
        requestId: 'mine',
        timestamp: expect.any(String),
      })
    },
  )

  it('fails an authorizer, whose event is no request', async () => {
    const question = { ...apiEvent(), type: 'REQUEST' }

    await expect(run('fail', question)).rejects.toThrow('no paper left')
  })

  it("says in one line that it can't be loaded", async () => {
    await run('broken', apiEvent())

    expect(log.told).toEqual([expect.stringMatching(/^broken\.handler can't be loaded: .+$/)])
  })
})

describe('the log of serverless-offline', () => {
  it('loses its notices and keeps its errors', async () => {
    const { log: offlineLog } = await import(
      '../../node_modules/serverless-offline/src/utils/log.js' as string
    )
    offlineLog.notice('POST /orders')
    offlineLog.debug('a detail')
    offlineLog.verbose('another one')
    offlineLog.error(new Error('the database is away'))

    expect(log.warning).not.toHaveBeenCalled()
    expect(log.told).toEqual(['Error: the database is away'])
  })
})
