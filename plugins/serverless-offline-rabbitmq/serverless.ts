/** What the emulator uses of a `serverless` instance. */
export type Serverless = {
  service: {
    functions?: Record<string, FunctionDefinition>
    custom?: Record<string, unknown>
    getAllFunctions(): string[]
    getFunction(functionKey: string): FunctionDefinition
  }
  pluginManager: { plugins: object[] }
  classes: { Error: new (message: string) => Error }
}

export type FunctionDefinition = { events?: unknown[] }

/** Options of the command line, as Serverless parsed them. */
export type CommandLineOptions = Record<string, unknown>
