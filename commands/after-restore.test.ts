import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runCommand } from '../tests/support/command.ts'
import { ownDataDirectory } from '../tests/support/shop-process.ts'

let data: Awaited<ReturnType<typeof ownDataDirectory>>

beforeAll(async () => {
  data = await ownDataDirectory()
})

afterAll(() => data.remove())

const afterRestore = (environment: Record<string, string> = {}) =>
  runCommand(['commands/after-restore.ts'], { STOCKROOM_DATA_DIR: data.path, ...environment })

describe('npm run after-restore', () => {
  it('leaves out ids of the embedded database, whose broker ended with its shop, and leaves no server behind', async () => {
    const result = await afterRestore()

    expect(result).toEqual({
      code: 0,
      output: 'products: new ones get ids above 1000000001\norders: new ones get ids above 1000000001\n',
      errors: '',
    })
    expect(await readdir(join(data.path, 'postgres'))).not.toContain('postmaster.pid')
  }, 60_000)

  it('says in one line what is wrong, and exits with 1', async () => {
    const { code, output } = await afterRestore({ RABBITMQ_URL: 'http://localhost' })

    expect(output).toMatch(/^RABBITMQ_URL must be a URL that begins with amqp:\/\/\.\n$/)
    expect(code).toBe(1)
  }, 60_000)
})
