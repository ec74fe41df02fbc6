import { execFileSync } from 'node:child_process'
import { type Program, type Roots, topmostNamed } from './process-groups.ts'
import { readProcessTable } from './process-table.ts'

/** How to find a server: its URL, the port that a URL without one means, and the names its process may have. */
const servers: { program: Program; port: number; name: RegExp }[] = [
  { program: 'PostgreSQL', port: 5432, name: /^(postgres|postmaster)$/ },
  { program: 'Redis', port: 6379, name: /^(redis-server|valkey-server)/ },
  { program: 'RabbitMQ', port: 5672, name: /^beam\.smp$/ },
]

/**
 * Finds the processes behind these URLs that run on this machine. By port first; where this user may not see who
 * listens, or a container's proxy does, by name.
 */
export function findPrograms(urls: Partial<Record<Program, string>>): Roots {
  const processes = readProcessTable()
  const roots: Roots = { shop: urls.shop ? listenersOn(portOf(urls.shop, 80)) : [] }
  for (const { program, port, name } of servers) {
    const url = urls[program]
    if (!url || !isHere(url)) continue
    const named = new Set(processes.filter((process) => name.test(process.name)).map(({ pid }) => pid))
    const listening = listenersOn(portOf(url, port)).filter((pid) => named.has(pid))
    roots[program] = listening.length > 0 ? listening : topmostNamed(processes, name)
  }
  return roots
}

/** The processes that listen on a TCP port, as far as this user may look: ss(8); none where there is no such program. */
function listenersOn(port: number): number[] {
  try {
    const table = execFileSync('ss', ['-ltnpH', `sport = :${port}`], { encoding: 'utf8' })
    return [...table.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid))
  } catch {
    return []
  }
}

const portOf = (url: string, fallback: number): number => Number(new URL(url).port) || fallback

const isHere = (url: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname)
