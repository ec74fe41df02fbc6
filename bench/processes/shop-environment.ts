import { readFileSync } from 'node:fs'

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')

/** What a shop on this machine reads: `.env.example`, but for AWS, and one that is there for whoever knows OpenTelemetry. */
const variables = [...example.matchAll(/^#?([A-Z_]+)=/gm)]
  .map(([, name]) => name as string)
  .filter((name) => !/^AWS_|_SECRET_ARN$/.test(name))
  .concat('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')

/** Takes the shop's variables out of this process's environment: what a developer has set is no business of the tests. */
export function forgetShopVariables(): void {
  for (const variable of variables) delete process.env[variable]
}

/** The shop's variables, each empty unless given: an empty one also keeps a developer's `.env` from setting it. */
export const shopEnvironment = (
  given: Record<string, string | undefined>,
): Record<string, string | undefined> => ({
  ...Object.fromEntries(variables.map((variable) => [variable, ''])),
  ...given,
})

/** The environment of a shop's process: a shell's, without what npm and Jest have added to ours, and the given variables. */
export function processEnvironment(given: Record<string, string | undefined>): NodeJS.ProcessEnv {
  const isAdded = (name: string) => /^(npm_|STOCKROOM_TEST|NODE_ENV$|NODE_OPTIONS$|JEST_)/.test(name)
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !isAdded(name),
  )
  return { ...Object.fromEntries(inherited), ...shopEnvironment(given) }
}
