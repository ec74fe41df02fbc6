/** What the emulator uses of a `serverless` instance. */
export type Serverless = {
  service: Service
  pluginManager: { plugins: object[] }
  classes: { Error: new (message: string) => Error }
}

export type Service = {
  functions?: Record<string, FunctionDefinition>
  custom?: Record<string, unknown>
  provider?: { runtime?: string; timeout?: number }
  getAllFunctions(): string[]
  getFunction(functionKey: string): FunctionDefinition
}

export type FunctionDefinition = { events?: unknown[]; runtime?: string; timeout?: number }

/** Options of the command line, as Serverless parsed them. */
export type CommandLineOptions = Record<string, unknown>
