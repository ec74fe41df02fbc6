import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parseEnv } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { readConfiguration } from '@stockroom/runtime/configuration'
import { localSettings } from '../../local/settings/settings.ts'

type Environment = Record<string, string | undefined>

const example = readFileSync('.env.example', 'utf8')
const active = parseEnv(example) as Environment
/** With every variable that is commented out, too. */
const complete = parseEnv(example.replaceAll(/^#(?=[A-Z_]+=)/gm, '')) as Environment
const defaults = Object.entries(complete).filter(([name]) => !(name in active)) as [string, string][]

/** The variables that `read` asks an environment for. */
function variablesReadBy(read: (environment: Environment) => unknown): string[] {
  const names = new Set<string>()
  read(
    new Proxy(active, {
      get(target, name) {
        names.add(String(name))
        return Reflect.get(target, name)
      },
    }),
  )
  return [...names]
}

/** The variables that files name by `pattern`, in its first group. */
function variablesNamedIn(files: string[], pattern: RegExp): string[] {
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  return [...text.matchAll(pattern)].map((match) => match[1] as string)
}

const sources = globSync('{functions,layers,local}/**/*.ts').filter((path) => !path.endsWith('.test.ts'))
const serverless = readFileSync('serverless.yml', 'utf8')

const { params, provider } = createRequire(import.meta.url)('js-yaml').load(serverless)

/** Its SDK reads these by itself, and more that few will need. */
const readByOpenTelemetry = [
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SERVICE_NAME',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
]

it('lists every variable that is read, and no other', () => {
  const read = new Set([
    ...variablesReadBy(readConfiguration),
    ...variablesReadBy(localSettings),
    ...variablesNamedIn(sources, /process\.env\.([A-Z_]+)/g),
    ...variablesNamedIn(['layers/runtime/secrets.ts'], /^ {2}([A-Z_]+_ARN): /gm),
    ...variablesNamedIn(['serverless.yml'], /\benv:([A-Z_]+)/g),
    ...readByOpenTelemetry,
    ...variablesNamedIn(['package.json'], /\$\{([A-Z_]+):-/g),
  ])

  expect(Object.keys(complete).sort()).toEqual([...read].sort())
})

describe('the defaults', () => {
  it('are those of the configuration', () => {
    expect(readConfiguration(complete)).toEqual(readConfiguration(active))
  })

  it('are those of the local settings', () => {
    expect(localSettings(complete)).toEqual(localSettings(active))
  })

  it.each(defaults.filter(([name]) => /^AWS_/.test(name)))(
    'are those of serverless.yml: %s',
    (name, value) => {
      expect(serverless).toMatch(new RegExp(`env:${name}, '${value}'`))
    },
  )

  it('are those that a deployment has', () => {
    expect({
      LOG_LEVEL: params.default.logLevel,
      CORS_ALLOWED_ORIGIN: params.default.allowedOrigin,
      DATABASE_TIMEOUT_MS: provider.environment.DATABASE_TIMEOUT_MS,
      CACHE_TTL_SECONDS: provider.environment.CACHE_TTL_SECONDS,
    }).toEqual(Object.fromEntries(defaults.filter(([name]) => /^(LOG|CORS|DATABASE_T|CACHE_T)/.test(name))))
  })

  it('are those of the npm scripts', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))

    expect(scripts.start).toContain(`\${SLS_LOG_LEVEL:-${complete.SLS_LOG_LEVEL}}`)
  })
})
