import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { reportFolder } from './files.ts'
import { findBrowser, takePicture } from './report/browser.ts'

/** Of the README: the verdict, the tiles and the charts. */
const size = { width: 960, height: 1080 }
const picture = fileURLToPath(new URL('../docs/images/load-report.png', import.meta.url))

/** Takes the README's picture of a report and resolves to the exit code. */
async function main([page = `${reportFolder}load-pure.html`]: string[]): Promise<number> {
  const browser = findBrowser()
  const problem = !existsSync(page)
    ? `There is no report ${page}: npm run load makes one.`
    : !browser && 'There is no Chromium in PATH: install it, or name it in CHROMIUM.'
  if (problem || !browser) {
    console.error(problem)
    return 1
  }
  await takePicture(browser, page, picture, size)
  console.log(picture)
  return 0
}

process.exitCode = await main(process.argv.slice(2))
