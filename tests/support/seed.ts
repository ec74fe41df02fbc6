import { randomInt } from 'node:crypto'

/** Where random tests begin: another seed in each run, which a failure prints, and the same one in CI. */
export const seed = process.env.CI === 'true' ? 20_261_121 : randomInt(2 ** 31)
