import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, jest } from '@jest/globals'
import { rememberHandlers } from '../../../local/remember-handlers.ts'

const require = createRequire(import.meta.url)
const root = dirname(fileURLToPath(import.meta.resolve('serverless-offline')))

describe('rememberHandlers', () => {
  it('fits the serverless-offline that is installed', async () => {
    const warning = jest.fn()

    await rememberHandlers({ warning, error: () => {} })

    expect(warning).not.toHaveBeenCalled()
  })

  it('makes its in-process runner load a handler once', async () => {
    await rememberHandlers({ warning: () => {}, error: () => {} })
    const loader = require(
      join(root, 'lambda/handler-runner/in-process-runner/aws-lambda-ric/UserFunction.js'),
    )
    const load = () => loader.load(join(root, '..'), 'no/such/file.handler')

    const first = load()
    const second = load()

    expect(second).toBe(first)
    await expect(first).rejects.toBeDefined()
  })
})
