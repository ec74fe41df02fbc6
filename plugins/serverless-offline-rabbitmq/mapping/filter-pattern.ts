import { isUtf8 } from 'node:buffer'
import { filterRule, isScalar } from './filter-rule.ts'

/** Whether the message with this body is handed to the function. */
export type MessageFilter = (body: Buffer) => boolean

type Matcher = (value: unknown) => boolean
/** The body as Lambda compares it: parsed when it is JSON. */
type Data = { isJson: boolean; value: unknown }

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-basics
const MOST_PATTERNS = 10
const LONGEST_PATTERN = 4096

/**
 * Compiles `filterPatterns`: a message passes when any of them matches its `data`. A pattern for plain strings drops every
 * body that is JSON, a pattern for JSON every body that isn't, and both drop what isn't UTF-8.
 *
 * Throws an Error that says which pattern is wrong, and where.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq-filtering.html
 *
 * @example
 * const passes = compileFilter([{ data: { timeout: [{ numeric: ['>', 0] }] } }])
 * passes(Buffer.from('{"timeout":1}')) // true
 */
export function compileFilter(patterns: unknown): MessageFilter {
  if (!Array.isArray(patterns) || patterns.length === 0 || patterns.length > MOST_PATTERNS) {
    throw new Error(`filterPatterns must be an array of 1 to ${MOST_PATTERNS} patterns`)
  }
  const matchers = patterns.map((pattern, index) => dataMatcher(pattern, `filterPatterns[${index}]`))
  return (body) => {
    if (!isUtf8(body)) return false
    const data = dataOf(body)
    return matchers.some((matches) => matches(data))
  }
}

function dataOf(body: Buffer): Data {
  const text = body.toString()
  try {
    return { isJson: true, value: JSON.parse(text) }
  } catch {
    return { isJson: false, value: text }
  }
}

/** The outermost level, which knows `data` alone. */
function dataMatcher(pattern: unknown, path: string): (data: Data) => boolean {
  if (!isObject(pattern)) throw new Error(`${path} must be an object with data`)
  if (JSON.stringify(pattern).length > LONGEST_PATTERN) {
    throw new Error(`${path} must have at most ${LONGEST_PATTERN} characters`)
  }
  const [key, ...others] = Object.keys(pattern)
  if (others.length > 0 || (key !== 'data' && key !== '$or')) {
    throw new Error(`${path} must hold data alone: Lambda filters Amazon MQ messages by nothing else`)
  }
  if (key === '$or') {
    const alternatives = alternativesOf(pattern.$or, `${path}.$or`, dataMatcher)
    return (data) => alternatives.some((matches) => matches(data))
  }
  const isForJson = isObject(pattern.data)
  const matches = valueMatcher(pattern.data, `${path}.data`)
  return ({ isJson, value }) => isJson === isForJson && matches(value)
}

/** Every member of the pattern has to match, whatever else the value holds. */
function objectMatcher(pattern: object, path: string): Matcher {
  const members = Object.entries(pattern).map(([name, member]): Matcher => {
    const place = `${path}.${name}`
    if (name === '$or') {
      const alternatives = alternativesOf(member, place, valueMatcher)
      return (value) => alternatives.some((matches) => matches(value))
    }
    const matches = valueMatcher(member, place)
    return (value) => matches(isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined)
  })
  if (members.length === 0) throw new Error(`${path} must not be empty`)
  return (value) =>
    Array.isArray(value)
      ? value.some((element) => members.every((matches) => matches(element)))
      : members.every((matches) => matches(value))
}

function valueMatcher(pattern: unknown, path: string): Matcher {
  if (isObject(pattern)) return objectMatcher(pattern, path)
  if (!Array.isArray(pattern) || pattern.length === 0) {
    throw new Error(`${path} must be an object or an array that isn't empty`)
  }
  const rules = pattern.map((element, index) => placed(`${path}[${index}]`, () => filterRule(element)))
  return (value) => {
    const scalars = scalarsIn(value)
    return rules.some((matches) => matches(scalars))
  }
}

/** Those of a list and of the lists in it, as deep as a body may have them. */
function scalarsIn(value: unknown): unknown[] {
  const scalars: unknown[] = []
  const waiting = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (!Array.isArray(next)) {
      if (isScalar(next)) scalars.push(next)
    } else {
      for (const element of next) waiting.push(element)
    }
  }
  return scalars
}

function alternativesOf<M>(
  alternatives: unknown,
  path: string,
  compile: (pattern: unknown, path: string) => M,
): M[] {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject)) {
    throw new Error(`${path} must be an array of two or more objects`)
  }
  return alternatives.map((alternative, index) => compile(alternative, `${path}[${index}]`))
}

function placed<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
