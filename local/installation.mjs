// Plain JavaScript: without the packages that it looks for, the Node that runs it may read no TypeScript.
import { existsSync } from 'node:fs'

const major = Number.parseInt(process.versions.node, 10)
const isWhole =
  major >= 24 && existsSync('node_modules/.bin/serverless') && existsSync('node_modules/esbuild')

if (!isWhole) {
  console.error(
    'Packages are missing, which NODE_ENV=production or --omit leave out: npm ci --include=dev --include=optional',
  )
  process.exit(1)
}
