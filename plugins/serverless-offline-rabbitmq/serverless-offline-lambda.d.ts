/** serverless-offline ships no types; this is the part of its Lambda runner that the emulator uses. */
declare module 'serverless-offline/lambda' {
  export default class Lambda {
    constructor(serverless: object, options: object)
    create(lambdas: { functionKey: string; functionDefinition: object }[]): void
    get(functionKey: string): { setEvent(event: unknown): void; runHandler(): Promise<unknown> }
    cleanup(): Promise<void>
  }
}
