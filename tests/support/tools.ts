import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

interface Tool {
  name: string
  /** Where it may be. */
  places(): string[]
  /** How a person gets it. */
  hint: string
  /** The test files that drive it. */
  leftOut: string[]
}

const onPath = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program))

const tools = {
  chromium: {
    name: 'Chromium',
    places: () =>
      [process.env.TEST_CHROMIUM ?? ''].concat(
        ['chromium', 'chromium-browser', 'google-chrome'].flatMap(onPath),
      ),
    hint: 'install it, or name it in TEST_CHROMIUM',
    leftOut: ['tests/end-to-end/embedded/docs-page.test.ts', 'tests/end-to-end/load-report.test.ts'],
  },
  nginx: {
    name: 'nginx',
    places: () => [process.env.TEST_NGINX ?? '', ...onPath('nginx'), '/usr/sbin/nginx'],
    hint: 'install it, or name it in TEST_NGINX',
    leftOut: ['tests/end-to-end/real/containers.test.ts'],
  },
  pgbouncer: {
    name: 'PgBouncer',
    places: () => [process.env.TEST_PGBOUNCER ?? '', ...onPath('pgbouncer'), '/usr/sbin/pgbouncer'],
    hint: 'install it, or name it in TEST_PGBOUNCER',
    leftOut: ['tests/end-to-end/real/pgbouncer.test.ts'],
  },
  newman: {
    name: 'newman',
    places: () => [resolve('tests/end-to-end/newman/node_modules/newman/bin/newman.js')],
    hint: 'npm ci --prefix tests/end-to-end/newman',
    leftOut: ['tests/end-to-end/embedded/postman.test.ts', 'tests/end-to-end/real/postman.test.ts'],
  },
} satisfies Record<string, Tool>

const find = ({ places }: Tool) => places().find((place) => place !== '' && existsSync(place))

/**
 * The path of a program that a test drives.
 * @throws Error in one line when it isn't there
 */
export function pathOf(tool: keyof typeof tools): string {
  const path = find(tools[tool])
  if (!path) throw new Error(`${tools[tool].name} is not here: ${tools[tool].hint}.`)
  return path
}

/** The tests that can't run, and one line that says why; in CI nothing is left out, so that a missing tool fails. */
export function missingTools(isCi: boolean): { leftOut: string[]; line: string } {
  const missing: Tool[] = isCi ? [] : Object.values(tools).filter((tool) => !find(tool))
  const leftOut = missing.flatMap((tool) => tool.leftOut)
  const names = missing.map(({ name, hint }) => `${name} (${hint})`).join(', ')
  return { leftOut, line: names && `Tools not found: ${names}; not run: ${leftOut.join(', ')}.\n` }
}
