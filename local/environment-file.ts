/** Reads the variables of `.env` in the working directory, where there is one; those that are set already stay. */
export function loadEnvironment(): void {
  try {
    process.loadEnvFile()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
