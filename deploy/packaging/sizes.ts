import type { Artefacts } from './package-shop.ts'

/** What a function may weigh, zipped and without its layers. */
export const functionBudgetBytes = 60 * 1024

/** The sizes as lines to print, the largest function first. */
export function sizeLines({ functions, layers }: Artefacts): string[] {
  const bySize = functions.toSorted((one, other) => other.zippedBytes - one.zippedBytes)
  return [
    ...bySize.map(({ name, zippedBytes }) => line('function', name, zippedBytes)),
    ...layers.map(({ name, zippedBytes }) => line('layer', name, zippedBytes)),
  ]
}

/** @throws Error that names the functions that weigh too much */
export function holdBudget({ functions }: Artefacts): void {
  const heavy = functions.filter(({ zippedBytes }) => zippedBytes > functionBudgetBytes)
  if (heavy.length === 0) return
  const names = heavy.map(({ name, zippedBytes }) => `${name} (${kilobytes(zippedBytes)})`)
  throw new Error(`Over the budget of ${kilobytes(functionBudgetBytes)} a function: ${names.join(', ')}.`)
}

const line = (kind: string, name: string, bytes: number) =>
  `${kind.padEnd(9)} ${name.padEnd(24)} ${kilobytes(bytes).padStart(9)}`

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`
