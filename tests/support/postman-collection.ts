import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pathOf } from './tools.ts'

/**
 * Runs the Postman collection as a person does who imported it and nothing else: without an environment, with the
 * collection's own variables set to a shop. Resolves to the exit code and what newman says.
 */
export async function runCollection(url: string, adminKey = ''): Promise<{ code: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'stockroom-postman-'))
  const file = join(folder, 'collection.json')
  const collection = JSON.parse(await readFile('docs/postman/stockroom.postman_collection.json', 'utf8'))
  const values: Record<string, string> = { baseUrl: url, adminKey }
  for (const variable of collection.variable ?? []) variable.value = values[variable.key]
  await writeFile(file, JSON.stringify(collection))
  const args = [pathOf('newman'), 'run', file, '--color', 'off']
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  } finally {
    await rm(folder, { recursive: true })
  }
}
