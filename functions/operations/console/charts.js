import { byId } from './dom.js'
import { count, span, time } from './format.js'

const shownSeconds = 300
const height = 170
const charts = {
  pace: {
    place: 'pace-chart',
    series: [
      { name: 'accepted', color: 'blue' },
      { name: 'confirmed', color: 'green' },
      { name: 'rejected', color: 'orange' },
    ],
    format: (value) => count(Math.round(value)),
  },
  settling: {
    place: 'settling-chart',
    series: [
      { name: 'p50', member: 'p50Ms', color: 'violet' },
      { name: 'p95', member: 'p95Ms', color: 'pink' },
    ],
    format: span,
  },
}
const plots = new Map()
let latest

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

/** The end of the last second that is over, by the clock of the shop, and the seconds before it by number. */
function dataOf({ series }, { seconds, now }) {
  const end = Math.floor(Date.parse(now) / 1000) - 1
  const bySecond = new Map(seconds.map((second) => [Date.parse(second.at) / 1000, second]))
  const moments = Array.from({ length: shownSeconds }, (_, index) => end - shownSeconds + 1 + index)
  return [
    moments,
    ...series.map(({ name, member }) =>
      moments.map((moment) => bySecond.get(moment)?.[member ?? name] ?? (member ? null : 0)),
    ),
  ]
}

function draw(chart) {
  const place = byId(chart.place)
  const axis = (size, format) => {
    const grid = { stroke: color('line'), width: 1 }
    return {
      ...{ stroke: color('faint'), grid, ticks: { show: false }, size },
      values: (_, values) => values.map((value) => (value === null ? '' : format(value))),
    }
  }
  const options = {
    width: place.clientWidth,
    height,
    padding: [10, 8, 0, 0],
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: false }, y: { range: (_, _low, high) => [0, Math.max(high ?? 0, 5) * 1.08] } },
    axes: [
      { ...axis(28, (second) => time(second * 1000).slice(0, 5)), incrs: [60, 120] },
      axis(56, chart.format),
    ],
    series: [
      { label: '', value: (_, second) => (second == null ? '' : time(second * 1000)) },
      ...chart.series.map(({ name, color: stroke, member }) => ({
        label: name,
        stroke: color(stroke),
        width: 2,
        fill: name === 'accepted' ? `color-mix(in srgb, ${color(stroke)} 12%, transparent)` : undefined,
        spanGaps: false,
        points: { show: Boolean(member), size: 4, fill: color(stroke) },
        value: (_, value) => (value == null ? '' : chart.format(value)),
      })),
    ],
  }
  plots.get(chart)?.destroy()
  // uPlot is a script of its own, loaded before.
  plots.set(chart, new globalThis.uPlot(options, dataOf(chart, latest), place))
}

/** Shows the seconds of the last five minutes; those in which nothing happened are zeros. */
export function showCharts({ seconds, now }) {
  const isFirst = latest === undefined
  latest = { seconds, now }
  for (const chart of Object.values(charts)) {
    if (isFirst) draw(chart)
    else plots.get(chart).setData(dataOf(chart, latest))
  }
  const highest = Math.max(0, ...seconds.map(({ accepted }) => accepted))
  const slowest = Math.max(0, ...seconds.map(({ p95Ms }) => p95Ms ?? 0))
  byId('pace-chart').setAttribute(
    'aria-label',
    `Orders a second in the last five minutes, ${count(highest)} at most`,
  )
  byId('settling-chart').setAttribute(
    'aria-label',
    `Time until orders were settled in the last five minutes, p95 ${span(slowest)} at most`,
  )
}

const redraw = () => {
  if (latest) for (const chart of Object.values(charts)) draw(chart)
}
// A canvas doesn't follow the colours and the width of the page by itself.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
addEventListener('resize', redraw)
