/** A CPU profile as Node writes it with `--cpu-prof`: https://nodejs.org/api/cli.html#--cpu-prof */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[]
  /** Microseconds of the monotonic clock, as process.hrtime() has it. */
  startTime: number
  /** The node that ran, at each sample. */
  samples: number[]
  /** Microseconds before each sample, since the one before. */
  timeDeltas: number[]
}

/** What the functions of a process are counted as, by where their file is. The first that matches counts. */
const parts: [part: string, file: RegExp][] = [
  ['serverless-offline, hapi', /node_modules\/(serverless-offline|@hapi|luxon)\//],
  ['amqplib', /node_modules\/amqplib\//],
  ['knex, pg', /node_modules\/(knex|pg|pg-[a-z]+|postgres-[a-z]+|tarn)\//],
  ['ioredis', /node_modules\/(ioredis|redis-[a-z]+)\//],
  ['Middy', /node_modules\/@middy\//],
  ['other packages', /node_modules\//],
  ['emulator of event source mappings', /plugins\/serverless-offline-rabbitmq\//],
  ['functions and layers', /(functions|layers|local)\//],
  ['Node.js', /^node:/],
]

/** What V8 and the kernel do stands without a file. */
const withoutFile = new Map([
  ['(idle)', 'idle'],
  ['(garbage collector)', 'garbage collection'],
])
const systemCall = /^write(v|Buffer|Utf8String|Latin1String)$/

/** Microseconds by part of the process, from a moment of the profile's clock to another; `idle` is one of them. */
export function timeByPart(profile: CpuProfile, fromUs: number, toUs: number): Map<string, number> {
  const partOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, partOfFunction(callFrame)]))
  const times = new Map<string, number>()
  let at = profile.startTime
  for (const [index, node] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] as number
    at += delta
    if (at < fromUs || at > toUs) continue
    const part = partOf.get(node) as string
    times.set(part, (times.get(part) ?? 0) + delta)
  }
  return times
}

function partOfFunction({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string {
  const part = parts.find(([, file]) => file.test(url))?.[0]
  if (part) return part
  if (systemCall.test(functionName)) return 'system calls that write'
  return withoutFile.get(functionName) ?? 'V8 and other system calls'
}
