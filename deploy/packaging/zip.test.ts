import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { strFromU8, unzipSync } from 'fflate'
import { zipFolder } from './zip.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stockroom-zip-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

it('holds every file of the folder and of those in it', () => {
  mkdirSync(join(folder, 'lib'))
  write('index.mjs', 'one')
  write('lib/more.mjs', 'two')

  const files = unzipSync(zipFolder(folder))

  expect(Object.entries(files).map(([name, content]) => [name, strFromU8(content)])).toEqual([
    ['index.mjs', 'one'],
    ['lib/more.mjs', 'two'],
  ])
})

it('gives the same bytes whenever and in whatever order the files were written, and others for another content', () => {
  write('a.mjs', 'one')
  write('b.mjs', 'two')
  const first = zipFolder(folder)
  rmSync(join(folder, 'a.mjs'))
  write('a.mjs', 'one')
  utimesSync(join(folder, 'b.mjs'), 1_000_000_000, 1_000_000_000)

  const second = zipFolder(folder)
  write('a.mjs', 'two')

  expect(Buffer.compare(first, second)).toBe(0)
  expect(Buffer.compare(first, zipFolder(folder))).not.toBe(0)
})
