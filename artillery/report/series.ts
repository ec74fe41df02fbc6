/** One value at a moment, in seconds since the load began; null where nothing was measured. */
export interface Dot {
  at: number
  value: number | null
}

/** A line of a chart before it shares its moments with the others. */
export interface Curve {
  label: string
  /** The name of a CSS variable, without its dashes. */
  color: string
  dashed?: boolean
  dots: Dot[]
}

/** A chart as uPlot draws it: every series has one value for every moment, null where it has none of its own. */
export interface Chart {
  title: string
  unit: string
  moments: number[]
  series: { label: string; color: string; dashed: boolean; values: (number | null)[] }[]
}

/** Puts curves that were measured at different moments on one axis. Of two values at one moment the later stays. */
export function alignedChart(title: string, unit: string, curves: readonly Curve[]): Chart {
  const moments = [...new Set(curves.flatMap(({ dots }) => dots.map(({ at }) => at)))].sort((a, b) => a - b)
  return {
    title,
    unit,
    moments,
    series: curves.map(({ label, color, dashed = false, dots }) => {
      const values = new Map(dots.map(({ at, value }) => [at, value]))
      return { label, color, dashed, values: moments.map((at) => rounded(values.get(at) ?? null)) }
    }),
  }
}

/** Enough for a picture, and half as long in the file. */
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)
