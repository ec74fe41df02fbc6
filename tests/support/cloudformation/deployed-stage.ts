import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Stage, stageOf } from './stage.ts'
import { readTemplate, templatePaths } from './template.ts'

/** The parameters with which docs/operations.md deploys a stage. */
export const parametersOf = (stage: string): Record<string, string | undefined> => ({
  ...parseEnv(readFileSync(`deploy/infrastructure/parameters/${stage}.env`, 'utf8')),
  // Another one in each region, so the command that deploys looks it up.
  S3PrefixList: 'pl-1',
})

/** What the infrastructure comes to in a stage, with other values for some parameters if you like. */
export const infrastructureIn = (stage: string, others: Record<string, string> = {}): Stage =>
  stageOf(readTemplate(templatePaths.infrastructure), { ...parametersOf(stage), ...others })
