import { type Browser, chromium } from 'playwright-core'
import { pathOf } from './tools.ts'

/** It asks nobody but the page's own server, and root may start it. */
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** Starts the Chromium of this machine without a window; `close()` ends it. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: pathOf('chromium'), args })
