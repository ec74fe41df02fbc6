import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { baselineSentence } from '../baseline.ts'
import type { Check } from '../judging/check.ts'
import { readable } from '../judging/check.ts'
import { warningsOf } from '../judging/warnings.ts'
import type { RunRecord } from '../run.ts'
import { chartsOf } from './charts.ts'
import { endpointTable, escaped } from './tables.ts'
import { booksCard, checkChips, verdictLine } from './verdict.ts'

/** A policy that lets the page load nothing at all: everything it needs stands in it. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"

/**
 * The report of a run as one HTML file that loads nothing, readable in light and dark.
 * @param subject what was run, in a few words, such as `load, pure, 1,000/s for 60 s`
 */
export function reportPage(run: RunRecord, checks: readonly Check[], subject: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Stockroom: ${escaped(subject)}</title>
<style>${packaged('uplot/dist/uPlot.min.css')}${beside('page.css')}</style>
</head>
<body>
<header>
<h1>Stockroom: ${escaped(subject)}</h1>
${verdictLine(checks)}
${warningsOf(run)
  .map((warning) => `<p class="warning">${escaped(warning)}</p>`)
  .join('\n')}
${checkChips(checks)}
${booksCard(run.audit.reconciliation, run.productIds)}
</header>
<main id="charts"></main>
<section>
${endpointTable(run.generator)}
<h2>Set-up</h2>
<p>${escaped(setUp(run))}</p>
</section>
<script>${packaged('uplot/dist/uPlot.iife.min.js')}</script>
<script type="application/json" id="data">${JSON.stringify(chartsOf(run)).replaceAll('<', '\\u003c')}</script>
<script>${beside('page.js')}</script>
</body>
</html>
`
}

function setUp({ settings, baseline, startedAt, machine, backing }: RunRecord): string {
  const { scenario, rate, rampSeconds, seconds } = settings
  const load = `${scenario}.yml, ${rampSeconds} s up to ${readable(rate)} users a second, then ${readable(seconds)} s of it`
  return `${new Date(startedAt).toISOString()}. ${load}. ${backing}. ${baselineSentence(baseline)}. Everything, the load generator included, on ${machine}.`
}

const packaged = (file: string): string => readFileSync(fileURLToPath(import.meta.resolve(file)), 'utf8')
const beside = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
