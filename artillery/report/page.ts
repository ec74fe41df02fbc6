import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisedOrders } from '../generator-report.ts'
import type { Check } from '../judging/check.ts'
import { readable } from '../judging/check.ts'
import { warningsOf } from '../judging/warnings.ts'
import type { RunRecord } from '../run-record.ts'
import { chartsOf } from './charts.ts'
import { auditTable, checksTable, endpointTable, escaped } from './tables.ts'

/** A policy that lets the page load nothing at all: everything it needs stands in it. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"

/**
 * The report of a run as one HTML file that loads nothing, readable in light and dark.
 * @param verdict the one line that sums the checks up
 */
export function reportPage(run: RunRecord, checks: readonly Check[], verdict: string): string {
  const passed = checks.every((check) => check.passed)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Stockroom: ${escaped(verdict)}</title>
<style>${packaged('uplot/dist/uPlot.min.css')}${beside('page.css')}</style>
</head>
<body>
<header>
<h1>Stockroom, ${run.kind} of ${readable(run.settings.rate)} users a second</h1>
<p class="verdict ${passed ? 'passed' : 'missed'}">${escaped(verdict)}</p>
${warningsOf(run)
  .map((warning) => `<p class="warning">${escaped(warning)}</p>`)
  .join('\n')}
${tiles(run)}
</header>
<main id="charts"></main>
<section>
<h2>Targets</h2>
${checksTable(checks)}
${endpointTable(run.generator)}
<h2>Books</h2>
${auditTable(run)}
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

function tiles(run: RunRecord): string {
  const { generator, settlement, samples } = run
  const session = generator.aggregate.summaries['vusers.session_length']
  const memory = Math.max(0, ...samples.map(({ programs }) => programs.shop?.memoryMb ?? 0))
  const ms = (value: number | null | undefined) => (value == null ? '–' : `${readable(value)} ms`)
  const facts = [
    ['orders', readable(promisedOrders(generator.aggregate))],
    ['settled', readable(settlement.confirmed + settlement.rejected)],
    ['failed users', readable(generator.aggregate.counters['vusers.failed'] ?? 0)],
    ['user, p95', ms(session?.p95)],
    ['user, p99', ms(session?.p99)],
    ['settling, p99', ms(settlement.p99)],
    ['shop memory', memory ? `${readable(memory)} MB` : '–'],
  ]
  const items = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`)
  return `<dl class="tiles">${items.join('')}</dl>`
}

function setUp({ settings, startedAt, machine, backing }: RunRecord): string {
  const { scenario, rate, rampSeconds, seconds } = settings
  const load = `${scenario}.yml, ${rampSeconds} s up to ${readable(rate)} users a second, then ${readable(seconds)} s of it`
  return `${new Date(startedAt).toISOString()}. ${load}. ${backing}. Everything, the load generator included, on ${machine}.`
}

const packaged = (file: string): string => readFileSync(fileURLToPath(import.meta.resolve(file)), 'utf8')
const beside = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
