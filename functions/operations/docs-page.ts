import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** A file that a browser loads. */
export interface DocsFile {
  contentType: string
  read(): string
}

const title = 'Stockroom: the API'

/** The page at `/docs`: Swagger UI, from its package, on the document at `/openapi.json`. */
export const docsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <main id="docs"></main>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/show.js"></script>
  </body>
</html>
`

/**
 * https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/; the validator would be asked over the network.
 * The class `dark-mode` is what Swagger UI's own style has its dark colours under.
 */
const show = `const prefersDark = matchMedia('(prefers-color-scheme: dark)')
const followColors = () => document.documentElement.classList.toggle('dark-mode', prefersDark.matches)
prefersDark.addEventListener('change', followColors)
followColors()

const folded = ({ React: { createElement } }) => (Headers) => (props) =>
  createElement('details', null, createElement('summary', null, 'Headers'), createElement(Headers, props))

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  plugins: [(system) => ({ wrapComponents: { headers: folded(system) } })],
})
`

const javascript = 'text/javascript; charset=utf-8'

/** What the page loads, by the name of the file. */
export const docsFiles: ReadonlyMap<string, DocsFile> = new Map([
  ['swagger-ui.css', { contentType: 'text/css; charset=utf-8', read: fromPackage('swagger-ui.css') }],
  ['swagger-ui-bundle.js', { contentType: javascript, read: fromPackage('swagger-ui-bundle.js') }],
  ['show.js', { contentType: javascript, read: () => show }],
])

/** Everything from the shop itself. Swagger UI styles elements one by one, and draws with `data:` images. */
export const docsHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** Reads a file of the package swagger-ui-dist, once. */
function fromPackage(name: string): () => string {
  let content: string | undefined
  return () => {
    content ??= readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`), 'utf8')
    return content
  }
}
