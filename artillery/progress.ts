import { readable } from './judging/check.ts'
import type { Sample } from './sampling/sampler.ts'

const everySamples = 5

/** Says every few samples what happened since the one that it told of before. */
export function progressPrinter(say: (line: string) => void): (sample: Sample) => void {
  let count = 0
  let first: Sample | undefined
  let before: Sample | undefined
  return (sample) => {
    first ??= sample
    if (count++ % everySamples > 0) return
    if (before) say(progressLine(first, before, sample))
    before = sample
  }
}

/** One line about the time between two samples. */
export function progressLine(first: Sample, before: Sample, sample: Sample): string {
  const seconds = (sample.at - before.at) / 1000
  const orders = ((sample.accepted ?? 0) - (before.accepted ?? 0)) / seconds
  const queues = Object.values(sample.queues ?? {}).join(' + ')
  const { shop } = sample.programs
  const parts = [
    `${String(Math.round((sample.at - first.at) / 1000)).padStart(4)} s`,
    `${readable(Math.round(orders)).padStart(6)} orders/s`,
    `${String(sample.pending ?? '?').padStart(5)} pending`,
    queues && `queues ${queues}`,
    shop && `shop ${Math.round(shop.cpuPercent)} % ${Math.round(shop.memoryMb)} MB`,
    `generator ${Math.round(sample.generatorThreadPercent)} %`,
    `machine ${Math.round(sample.machinePercent)} %`,
  ]
  return parts.filter(Boolean).join('   ')
}
