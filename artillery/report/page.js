// Draws the charts of the report; uPlot and the data stand in the page before this.
const charts = JSON.parse(document.getElementById('data').textContent)
const place = document.getElementById('charts')
const height = 180
const plots = new Map()

// A chart keeps to the width of its card, whatever changes that: the window, a scroll bar, another chart beside it.
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) plots.get(target)?.setSize({ width: target.clientWidth, height })
})

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

function axis(size, format) {
  const grid = { stroke: color('line'), width: 1 }
  return { stroke: color('faint'), grid, ticks: grid, size, values: (_, values) => values.map(format) }
}

function seriesOf({ label, color: name, dashed }) {
  const format = (_, value) => (value == null ? '' : value.toLocaleString('en-US'))
  const line = dashed ? { width: 1, dash: [6, 4] } : { width: 2 }
  return { label, stroke: color(name), ...line, spanGaps: true, points: { show: false }, value: format }
}

/** Adds an empty card and returns its head, which is as wide as a chart in it may be, and never higher for a chart. */
function addCard({ title, unit }) {
  const card = document.createElement('div')
  card.className = 'chart'
  const head = document.createElement('h2')
  head.append(`${title} `)
  head.append(Object.assign(document.createElement('small'), { textContent: unit }))
  card.append(head)
  place.append(card)
  return head
}

function draw({ moments, series }, head) {
  const options = {
    width: head.clientWidth,
    height,
    padding: [8, null, 0, null],
    cursor: { sync: { key: 'run' }, drag: { x: true, y: false } },
    scales: {
      x: { time: false },
      y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high || 1) * 1.05] },
    },
    axes: [axis(32, (seconds) => `${seconds} s`), axis(60, (value) => value.toLocaleString('en-US'))],
    // A marker of the legend is dashed as its line is.
    legend: { markers: { width: 2, dash: (plot, index) => (plot.series[index].dash ? 'dashed' : 'solid') } },
    series: [
      { label: 'at', value: (_, seconds) => (seconds == null ? '–' : `${seconds} s`) },
      ...series.map(seriesOf),
    ],
  }
  const data = [moments, ...series.map(({ values }) => values)]
  plots.set(head, new uPlot(options, data, head.parentElement))
  widths.observe(head)
}

function drawAll() {
  widths.disconnect()
  for (const plot of plots.values()) plot.destroy()
  plots.clear()
  place.replaceChildren()
  // The cards share the page's width: none has its own before all of them are there.
  const heads = charts.map(addCard)
  for (const [index, head] of heads.entries()) draw(charts[index], head)
}

drawAll()
// A canvas doesn't follow the colours of the page by itself.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
