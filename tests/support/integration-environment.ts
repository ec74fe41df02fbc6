import { types } from 'node:util'

const { isNativeError } = types

// Before any module of the shop is loaded: the log belongs to the shop's operators, small pools to small servers, and
// time to machines that do something else as well. Tests of the limits themselves set or delete them.
process.env.LOG_LEVEL = 'silent'
process.env.DATABASE_POOL_SIZE = '5'
process.env.DATABASE_TIMEOUT_MS = '30000'

// Jest runs tests in a realm of their own, so that what Node's own modules throw is no instance of the `Error` here.
const isInstance = Function.prototype[Symbol.hasInstance]
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: () => void, candidate: unknown) {
    return this === Error ? isNativeError(candidate) : isInstance.call(this, candidate)
  },
})
Object.defineProperty(AggregateError, Symbol.hasInstance, {
  value: (candidate: unknown) => isNativeError(candidate) && candidate.name === 'AggregateError',
})

// Instances of the shop within one test file each listen for the end of the process.
process.setMaxListeners(100)
