import { sum } from '../../bench/figures/statistics.ts'
import type { ProductStock, Reconciliation } from '../../commands/audit/reconciliation.ts'
import { type Check, readable } from '../judging/check.ts'
import { escaped } from './tables.ts'

const mostViolations = 20

/** Whether a run reached its targets, and how many of them it missed. */
export function verdictLine(checks: readonly Check[]): string {
  const missed = checks.filter(({ passed }) => !passed).length
  return missed === 0
    ? `<p class="verdict">${badge(true, 'PASSED')} all ${checks.length} targets reached</p>`
    : `<p class="verdict">${badge(false, 'FAILED')} ${missed} of ${checks.length} targets missed</p>`
}

/** A chip for each check, those that were missed first. */
export function checkChips(checks: readonly Check[]): string {
  const chips = [...checks].sort((a, b) => Number(a.passed) - Number(b.passed)).map(chip)
  return `<ul class="checks">${chips.join('')}</ul>`
}

/** A count that had to be what it is says its limit already. */
function chip({ what, measured, limit, passed }: Check): string {
  const small = passed && measured === limit ? '' : ` <small>${escaped(limit)}</small>`
  return `<li class="${passed ? 'reached' : 'missed'}">${escaped(what)} <b>${escaped(measured)}</b>${small}</li>`
}

/** The books as the audit has read them: all orders of the database, the stock of the run's own products. */
export function booksCard(
  { orders, products, violations }: Reconciliation,
  productIds: readonly number[],
): string {
  const own = products.filter(({ id }) => productIds.includes(id))
  const total = (pieces: (product: ProductStock) => number | null) => sum(own.map((one) => pieces(one) ?? 0))
  const pieces = {
    sold: total(({ sold, returned }) => sold - returned),
    reserved: total(({ reserved }) => reserved),
    left: total(({ left }) => left),
  }
  const { accepted, pending, ...settled } = orders
  const balance = violations.length === 0
  return `<section class="books">
<h2>Books ${badge(balance, balance ? 'they balance' : `${readable(violations.length)} ${violations.length === 1 ? 'violation' : 'violations'}`)}</h2>
${account(
  total(({ initial, adjusted }) => initial + adjusted),
  'pieces put into stock',
  pieces,
)}
${account(accepted, 'orders in the database', { ...settled, pending })}
${violationList(violations)}
</section>`
}

/** A sum and what it is made of, whether that comes to the same or not. */
function account(whole: number, what: string, parts: Record<string, number>): string {
  const terms = Object.entries(parts).map(([name, count]) => `<b>${readable(count)}</b> ${name}`)
  const isEven = sum(Object.values(parts)) === whole
  return `<p><b>${readable(whole)}</b> ${what} ${isEven ? '=' : '≠'} ${terms.join(' + ')}</p>`
}

function violationList(violations: readonly string[]): string {
  if (violations.length === 0) return ''
  const items = violations.slice(0, mostViolations).map((violation) => `<li>${escaped(violation)}</li>`)
  return `<ul class="violations">${items.join('')}</ul>`
}

const badge = (good: boolean, text: string): string =>
  `<span class="badge ${good ? 'reached' : 'missed'}">${text}</span>`
