import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { stageOf } from '../../support/cloudformation/stage.ts'
import { readTemplate, templatePaths } from '../../support/cloudformation/template.ts'

const page = readFileSync('docs/operations.md', 'utf8')

/** The names of the alarms without the stage, as the page lists them. */
function alarmsOf(path: string): string[] {
  const template = readTemplate(path)
  const values = Object.fromEntries(Object.keys(template.Parameters ?? {}).map((name) => [name, 'x']))
  return Object.values(stageOf(template, { ...values, Stage: 'dev' }).resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => String(Properties?.AlarmName).replace(/^stockroom-dev-/, ''))
}

const alarms = Object.values(templatePaths).flatMap(alarmsOf)

it('docs/operations.md says what each alarm means, and what to do', () => {
  const listed = [...page.matchAll(/^\| ([a-z-]+) \| .+ \| .+ \|$/gm)].map(([, name]) => name)

  expect(alarms).not.toEqual([])
  expect(listed).toEqual(expect.arrayContaining(alarms))
})

it.each(['dev', 'prod'])(
  'docs/operations.md deploys the stage %s with the parameters that have no default',
  (stage) => {
    const { Parameters = {} } = readTemplate(templatePaths.infrastructure)
    const file = readFileSync(`deploy/infrastructure/parameters/${stage}.env`, 'utf8')
    const needed = Object.keys(Parameters).filter((name) => Parameters[name]?.Default === undefined)

    expect(page).toContain('$(cat deploy/infrastructure/parameters/$STAGE.env)')
    for (const name of needed) expect(`${file}${page}`).toMatch(new RegExp(`^\\s*${name}=`, 'm'))
  },
)

it('docs/operations.md asks the infrastructure for outputs that it has', () => {
  const { Outputs = {} } = readTemplate(templatePaths.infrastructure)
  const asked = [...page.matchAll(/(?:\$\(secret|output stockroom-infrastructure-\$STAGE) (\w+)\)/g)]

  expect(asked.length).toBeGreaterThan(3)
  for (const [, name] of asked) expect(Object.keys(Outputs)).toContain(name)
})
