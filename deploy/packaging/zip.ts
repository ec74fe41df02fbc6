import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Zippable, zipSync } from 'fflate'

/** The earliest moment that a zip can note, whatever the time zone: zips have local times. */
const modifiedAt = new Date(1980, 0, 1)
const unix = 3
const readableFile = (0o100644 << 16) >>> 0

/**
 * Zips a folder so that the same content always gives the same bytes: sorted names, one time and one mode for all, and
 * a compressor that is the same in every version of Node.
 */
export function zipFolder(folder: string): Uint8Array {
  const names = globSync('**/*', { cwd: folder })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
  const files: Zippable = {}
  for (const name of names) {
    files[name] = [
      readFileSync(join(folder, name)),
      { level: 9, mtime: modifiedAt, os: unix, attrs: readableFile },
    ]
  }
  return zipSync(files)
}
