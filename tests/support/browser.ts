import { type Browser, chromium, type Page } from 'playwright-core'
import { pathOf } from './tools.ts'

/** It asks nobody but the page's own server, and root may start it. */
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** Starts the Chromium of this machine without a window; `close()` ends it. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: pathOf('chromium'), args })

/** A page that notes whom it asks and what it complains of, but for what is `expected`. */
export async function watchedPage(
  browser: Browser,
  options: Parameters<Browser['newPage']>[0] = {},
  expected = /^$/,
): Promise<{ page: Page; requested: string[]; complaints: string[]; strangers(origin: string): string[] }> {
  const page = await browser.newPage(options)
  const requested: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  const strangers = (origin: string) =>
    requested.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'))
  return { page, requested, complaints, strangers }
}
