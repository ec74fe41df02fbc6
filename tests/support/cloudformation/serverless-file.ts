import { readFileSync } from 'node:fs'
import { parseTemplate } from './template.ts'

interface ServerlessFile {
  params: Record<string, Record<string, unknown>>
  functions: Record<string, { events?: Record<string, unknown>[] }>
  custom: { concurrency: Record<string, string> }
}

/** serverless.yml as it is written, with its variables in place. */
export const serverlessFile = parseTemplate(
  readFileSync('serverless.yml', 'utf8'),
) as unknown as ServerlessFile

/** The value that a parameter of the shop has in a stage when no `--param` gives another one. */
export const paramIn = (stage: string, name: string): unknown =>
  serverlessFile.params[stage]?.[name] ?? serverlessFile.params.default?.[name]
