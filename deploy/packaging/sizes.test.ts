import { expect, it } from '@jest/globals'
import type { Artefact } from './package-shop.ts'
import { functionBudgetBytes, holdBudget, sizeLines } from './sizes.ts'

const artefact = (name: string, zippedBytes: number): Artefact => ({
  name,
  file: `${name}.zip`,
  zippedBytes,
  imports: new Set(),
})

it('lists the functions by their size, then the layers', () => {
  const lines = sizeLines({
    functions: [artefact('small', 1024), artefact('large', 2048)],
    layers: [artefact('shared', 512)],
  })

  expect(lines.map((line) => line.split(/\s+/).join(' '))).toEqual([
    'function large 2.0 KB',
    'function small 1.0 KB',
    'layer shared 0.5 KB',
  ])
})

it('lets a function be as large as the budget, and a layer larger, and names the functions that are over it', () => {
  const layers = [artefact('dependencies', 10 * functionBudgetBytes)]
  const full = artefact('full', functionBudgetBytes)
  const heavy = artefact('heavy', functionBudgetBytes + 512)

  expect(() => holdBudget({ functions: [full], layers })).not.toThrow()
  expect(() => holdBudget({ functions: [full, heavy], layers })).toThrow(
    'Over the budget of 60.0 KB a function: heavy (60.5 KB).',
  )
})
