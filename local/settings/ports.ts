import { createServer } from 'node:net'

const isNoAddress = /^(ENOTFOUND|EAI_|EADDRNOTAVAIL|EINVAL)/

/**
 * Makes sure that a port can be listened on.
 * @throws Error in one line that names `variable`, or HTTP_HOST, and what to do
 */
export async function requireFreePort(variable: string, host: string, port: number): Promise<void> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (isNoAddress.test(code)) {
      throw new Error(
        `HTTP_HOST ${host} is no address of this machine (${code}); set HTTP_HOST to one, such as localhost.`,
      )
    }
    throw new Error(`${variable} ${port} ${reasonOf(error)}; set ${variable} to a free port.`)
  } finally {
    server.close()
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EADDRINUSE') return 'is in use by another program'
  if (code === 'EACCES') return 'may not be used by this user'
  return `can't be used (${code ?? error})`
}
