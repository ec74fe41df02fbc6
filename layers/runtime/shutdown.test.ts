import { beforeEach, describe, expect, it } from '@jest/globals'
import { onShutdown, shutDown } from './shutdown.ts'

const steps: string[] = []
const step = (name: string) => async () => {
  steps.push(`${name} begins`)
  await new Promise(setImmediate)
  steps.push(`${name} ends`)
}

beforeEach(() => {
  steps.length = 0
})

describe('shutDown', () => {
  it('closes connections when all background work has ended, in whatever order they came, each once', async () => {
    onShutdown('close', step('close'))
    onShutdown('drain', step('one'))
    onShutdown('drain', step('other'))

    await shutDown()
    await shutDown()

    const drained = ['one begins', 'other begins', 'one ends', 'other ends']
    expect(steps).toEqual([...drained, 'close begins', 'close ends'])
  })

  it('runs the other tasks when one fails', async () => {
    onShutdown('drain', () => Promise.reject(new Error('failed')))
    onShutdown('close', () => Promise.reject(new Error('failed')))
    onShutdown('close', step('close'))

    await shutDown()

    expect(steps).toEqual(['close begins', 'close ends'])
  })
})
