import { expect, it, jest } from '@jest/globals'
import { rememberHandlers } from './remember-handlers.ts'

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

it('leaves the errors of serverless-offline in the log, and drops its notices', async () => {
  const log = new InheritedLog()

  await rememberHandlers(log)
  const { log: offlineLog } = await import('../node_modules/serverless-offline/src/utils/log.js' as string)
  offlineLog.notice('POST /orders')
  offlineLog.debug('a detail')
  offlineLog.verbose('another one')
  offlineLog.error(new Error('the database is away'))

  expect(log.warning).not.toHaveBeenCalled()
  expect(log.told).toEqual(['Error: the database is away'])
})
