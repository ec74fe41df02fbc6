import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { pathOf } from './tools.ts'

const collection = 'docs/postman/stockroom.postman_collection.json'
const environment = 'docs/postman/local.postman_environment.json'

/** Runs the Postman collection against a shop; resolves to the exit code and what newman says. */
export async function runCollection(url: string, adminKey = ''): Promise<{ code: number; output: string }> {
  const variables = ['--env-var', `baseUrl=${url}`, '--env-var', `adminKey=${adminKey}`]
  const args = [
    pathOf('newman'),
    'run',
    collection,
    '--environment',
    environment,
    '--color',
    'off',
    ...variables,
  ]
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}
