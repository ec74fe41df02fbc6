import { describe, expect, it } from '@jest/globals'
import { drainBeforeOfflineEnds } from './offline-end.ts'

class ServerlessOffline {
  readonly steps: string[] = []

  async end(skipExit?: boolean) {
    this.steps.push(skipExit ? 'end' : 'end and exit')
  }
}

const serverlessWith = (plugins: object[]) => ({ pluginManager: { plugins } }) as never

describe('drainBeforeOfflineEnds', () => {
  it('drains first and passes on whether to exit', async () => {
    const offline = new ServerlessOffline()
    drainBeforeOfflineEnds(serverlessWith([{}, offline]), async () => {
      offline.steps.push('drain')
    })

    await offline.end()
    await offline.end(true)

    expect(offline.steps).toEqual(['drain', 'end and exit', 'drain', 'end'])
  })

  it('does nothing when serverless-offline is not there', () => {
    expect(() => drainBeforeOfflineEnds(serverlessWith([{}]), async () => {})).not.toThrow()
  })
})
