import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The processes of this machine that listen on a TCP port, as far as this user may look. */
export function listenersOn(port: number): number[] {
  const sockets = new Set(listeningSockets(port).map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return []
  return entries('/proc')
    .map(Number)
    .filter(
      (pid) =>
        pid > 0 && entries(`/proc/${pid}/fd`).some((fd) => sockets.has(target(`/proc/${pid}/fd/${fd}`))),
    )
}

/** proc_pid_net(5): local address and port in hexadecimal, 0A for listening, and the socket's inode. */
export function socketsIn(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(wanted) && state === '0A')
    .map((fields) => fields[9] as string)
}

const listeningSockets = (port: number): string[] =>
  ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => socketsIn(contentOf(file), port))

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
