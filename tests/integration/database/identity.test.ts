import { describe, expect, it } from '@jest/globals'
import { databaseIdentity, renewIdentity } from '@stockroom/database/identity'
import { shutDown } from '@stockroom/runtime/shutdown'
import { runSql } from '../../../bench/services/databases.ts'
import { ownName, testEnvironment } from '../../support/environment.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices()
const server = () => testEnvironment().databaseServerUrl as string
const copy = ownName()

describe('the identity of a database', () => {
  it('stays the same, each domain having one of its own', async () => {
    const first = [await databaseIdentity('products'), await databaseIdentity('orders')]
    const later = performance.now() + 60_000

    expect([await databaseIdentity('products', later), await databaseIdentity('orders', later)]).toEqual(
      first,
    )
    expect(new Set(first).size).toBe(2)
  })

  it('is another one when it was renewed', async () => {
    const before = await databaseIdentity('products')

    const renewed = await renewIdentity('products')

    expect(renewed).not.toBe(before)
    expect(await databaseIdentity('products')).toBe(renewed)
  })

  it('is another one when a copy with the same rows has taken its place, as a dump that was restored', async () => {
    const before = await databaseIdentity('products')
    const name = new URL(own.databaseUrl).pathname.slice(1)
    await shutDown()

    await runSql(server(), `create database ${copy} template ${name}`)
    await runSql(server(), `drop database ${name} with (force)`)
    await runSql(server(), `alter database ${copy} rename to ${name}`)

    expect(await databaseIdentity('products', performance.now() + 60_000)).not.toBe(before)
  })
})
