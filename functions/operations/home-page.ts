import { hash } from 'node:crypto'

const style = `
:root { color-scheme: light dark }
body { margin: 3rem auto; max-width: 40rem; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif }
dt { font-family: ui-monospace, monospace }
dd { margin: 0 0 .8rem }
`

const places = [
  ['/console', 'the shop as it lives, to watch and to run'],
  ['/docs', 'every route, to read and to try'],
  ['/openapi.json', 'the same for programs: OpenAPI 3.1'],
  ['/products', 'what is on sale'],
  ['/health', 'how the shop and its services are'],
  ['/metrics', 'for Prometheus; a local shop alone has it'],
]

/** The page at `/`: where to go from here. */
export const homePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Stockroom</title>
    <link rel="icon" href="data:,">
    <style>${style}</style>
  </head>
  <body>
    <h1>Stockroom</h1>
    <p>The product-and-order backend of a shop. It is up, and this is what a browser can look at:</p>
    <dl>
${places.map(([path, what]) => `      <dt><a href="${path}">${path}</a></dt><dd>${what}</dd>`).join('\n')}
    </dl>
  </body>
</html>
`

/** No scripts, nothing to load, and of styles its own alone, named by their hash. */
export const homeHeaders = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
}
