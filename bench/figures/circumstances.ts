import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { type ServiceUrls, serviceVersions } from '../services/versions.ts'
import { formatted } from './table.ts'

/** What a measurement says of itself. */
export interface Measurement {
  command: string
  /** How it measured, in a few words. */
  how: string
  urls: ServiceUrls
  /** The packages whose versions matter. */
  packages: readonly string[]
}

/** What figures are worth nothing without: the command, how it measured, the day, the machine and the versions. */
export async function circumstances({ command, how, urls, packages }: Measurement): Promise<string> {
  const versions = [
    `Node ${process.versions.node}`,
    ...packages.map((name) => `${name} ${versionOf(name)}`),
    ...(await serviceVersions(urls)),
  ]
  const day = new Date().toISOString().slice(0, 10)
  const memory = formatted(totalmem() / 2 ** 30)
  return `\`${command}\` on ${day}: ${how}. ${availableParallelism()} cores and ${memory} GiB for everything, the load generator included. ${versions.join(', ')}.`
}

function versionOf(name: string): string {
  const places = ['../../node_modules', '../node_modules'].map(
    (folder) => new URL(`${folder}/${name}/package.json`, import.meta.url),
  )
  const found = places.find((place) => existsSync(place))
  return found ? JSON.parse(readFileSync(found, 'utf8')).version : 'of an unknown version'
}
