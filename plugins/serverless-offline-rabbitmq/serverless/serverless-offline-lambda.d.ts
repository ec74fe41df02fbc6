/** serverless-offline ships no types; this is the part of its Lambda runner that the emulator uses. */
declare module 'serverless-offline/lambda' {
  type Environment = {
    setEvent(event: unknown): void
    runHandler(): Promise<unknown>
    /** Ends what runs the handler; the next run has a new one. */
    cleanup(): Promise<void>
  }

  export default class Lambda {
    constructor(serverless: object, options: object)
    create(lambdas: { functionKey: string; functionDefinition: object }[]): void
    get(functionKey: string): Environment
    cleanup(): Promise<void>
  }
}
