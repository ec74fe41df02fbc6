import type middy from '@middy/core'
import { log } from './logger.ts'
import { keepSecretValues } from './secret-values.ts'
import { Unavailable } from './unavailable.ts'

/** A secret is fetched again when it is so old, so that a rotated one is noticed. */
const maxAgeSeconds = 300
/** Between two fetches of secrets that a service refuses, and after a fetch that failed. */
const pauseMs = 10_000
const requestTimeoutMs = 1500

type Environment = Record<string, string | undefined>

/** The variables that name a secret in AWS Secrets Manager, and what its value adds to the environment. */
const secretVariables = {
  DATABASE_SECRET_ARN: (secret: string, { DATABASE_URL }: Environment) => ({
    DATABASE_URL: withCredentials(DATABASE_URL, secret),
  }),
  REDIS_SECRET_ARN: (secret: string, { REDIS_URL }: Environment) => ({
    REDIS_URL: withCredentials(REDIS_URL, secret),
  }),
  RABBITMQ_SECRET_ARN: (secret: string, { RABBITMQ_URL }: Environment) => ({
    RABBITMQ_URL: withCredentials(RABBITMQ_URL, secret),
  }),
  ADMIN_API_KEY_SECRET_ARN: (secret: string) => ({ ADMIN_API_KEY: secret }),
}

const named = Object.entries(secretVariables).flatMap(([variable, addition]) => {
  const arn = process.env[variable]
  return arn ? [{ arn, addition }] : []
})

let known: string[] | undefined
let tryAgainAt = 0
let areDistrusted = false
let distrustAgainAt = 0

/**
 * Completes the configuration with the secrets that the environment names. They are fetched once, and again when they
 * are five minutes old or a service has refused them; a fetch that fails leaves those that were known.
 * @throws Unavailable while none was ever fetched
 */
export async function refreshSecrets(now = performance.now()): Promise<void> {
  if (named.length === 0 || (known && now < tryAgainAt)) return
  const forceFetch = areDistrusted && now >= distrustAgainAt
  try {
    const values = await fetchSecrets(forceFetch)
    if (forceFetch) {
      areDistrusted = false
      distrustAgainAt = now + pauseMs
    }
    if (values.some((value, index) => value !== known?.[index])) use(values)
  } catch (error) {
    if (!known) throw new Unavailable('secrets', error)
    tryAgainAt = now + pauseMs
    log.warn({ err: error }, 'the secrets that are known stay in use')
  }
}

function use(values: string[]): void {
  const additions = named.map(({ addition }, index) => addition(values[index] as string, process.env))
  keepSecretValues(Object.assign({}, ...additions))
  known = values
}

/** Tells that a service has refused the user or the password: the secret was rotated meanwhile, perhaps. */
export function distrustSecrets(): void {
  areDistrusted = true
}

/** Middleware that lets a handler begin with the secrets of now; none where no secret is named. */
export const secrets = (): middy.MiddlewareObj[] =>
  named.length === 0 ? [] : [{ before: () => refreshSecrets() }]

type Provider = { get(name: string, options: { forceFetch: boolean; maxAge: number }): Promise<unknown> }

let opening: Promise<Provider> | undefined

async function fetchSecrets(forceFetch: boolean): Promise<string[]> {
  opening ??= openProvider()
  const provider = await opening
  const options = { forceFetch, maxAge: maxAgeSeconds }
  return Promise.all(named.map(async ({ arn }) => String(await provider.get(arn, options))))
}

/** Powertools, and the SDK that Lambda's runtime brings, are loaded where a secret is named. */
async function openProvider(): Promise<Provider> {
  const { SecretsProvider } = await import('@aws-lambda-powertools/parameters/secrets')
  return new SecretsProvider({
    clientConfig: {
      maxAttempts: 2,
      requestHandler: { connectionTimeout: requestTimeoutMs, requestTimeout: requestTimeoutMs },
    },
  })
}

/** A URL with the user and the password of a secret, as Amazon RDS, ElastiCache and Amazon MQ keep them. */
function withCredentials(url: string | undefined, secret: string): string | undefined {
  if (!url) return undefined
  const { username = '', password = '' } = JSON.parse(secret) as { username?: string; password?: string }
  const complete = new URL(url)
  complete.username = encodeURIComponent(username)
  complete.password = encodeURIComponent(password)
  return complete.href
}

// Before the first invocation, where Lambda gives a processor of its own; the invocation tries again what fails here.
if (named.length > 0) await refreshSecrets().catch((error) => log.warn({ err: error }, 'no secrets yet'))
