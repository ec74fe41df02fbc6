// Draws the charts of the report; uPlot and the data stand in the page before this.
const charts = JSON.parse(document.getElementById('data').textContent)
const place = document.getElementById('charts')
const height = 180
let drawn = []

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

function axis(size, format) {
  const grid = { stroke: color('line'), width: 1 }
  return { stroke: color('faint'), grid, ticks: grid, size, values: (_, values) => values.map(format) }
}

function seriesOf({ label, color: name, dashed }) {
  const format = (_, value) => (value == null ? '' : value.toLocaleString('en-US'))
  const stroke = color(name)
  return dashed
    ? { label, stroke, width: 1, dash: [6, 4], spanGaps: true, points: { show: false }, value: format }
    : { label, stroke, width: 2, spanGaps: true, points: { show: false }, value: format }
}

function draw({ title, unit, moments, series }) {
  const card = document.createElement('div')
  card.className = 'chart'
  const head = document.createElement('h2')
  head.append(`${title} `)
  head.append(Object.assign(document.createElement('small'), { textContent: unit }))
  card.append(head)
  place.append(card)
  const options = {
    width: card.clientWidth - 28,
    height,
    padding: [8, null, 0, null],
    cursor: { sync: { key: 'run' }, drag: { x: true, y: false } },
    scales: {
      x: { time: false },
      y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high || 1) * 1.05] },
    },
    axes: [axis(32, (seconds) => `${seconds} s`), axis(60, (value) => value.toLocaleString('en-US'))],
    series: [
      { label: 'at', value: (_, seconds) => (seconds == null ? '–' : `${seconds} s`) },
      ...series.map(seriesOf),
    ],
  }
  const plot = new uPlot(options, [moments, ...series.map(({ values }) => values)], card)
  drawn.push({ plot, card })
}

function drawAll() {
  for (const { plot } of drawn) plot.destroy()
  drawn = []
  place.replaceChildren()
  for (const chart of charts) draw(chart)
}

drawAll()
// A canvas doesn't follow the colours of the page by itself.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
addEventListener('resize', () => {
  for (const { plot, card } of drawn) plot.setSize({ width: card.clientWidth - 28, height })
})
