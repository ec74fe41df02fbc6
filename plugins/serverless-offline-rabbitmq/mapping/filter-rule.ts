type Scalar = string | number | boolean | null

/** Decides on the scalars that an event holds in one place: none where the field is absent. */
export type FilterRule = (values: unknown[]) => boolean

type Test = (value: unknown) => boolean

const anyOf =
  (test: Test): FilterRule =>
  (values) =>
    values.some(test)

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'

const COMPARISONS: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

/** What makes a rule of an operator's operand; undefined when the operand is wrong. */
const OPERATORS: Record<string, (operand: unknown) => FilterRule | undefined> = {
  prefix: ofText((operand) => (value) => isText(value) && value.startsWith(operand)),
  suffix: ofText((operand) => (value) => isText(value) && value.endsWith(operand)),
  'equals-ignore-case': ofText((operand) => {
    const wanted = operand.toLowerCase()
    return (value) => isText(value) && value.toLowerCase() === wanted
  }),
  exists(operand) {
    if (typeof operand !== 'boolean') return undefined
    return (values) => values.length > 0 === operand
  },
  'anything-but'(operand) {
    const refused = new Set<unknown>([operand].flat())
    const fits = refused.size > 0 && [...refused].every((value) => isText(value) || isNumber(value))
    return fits ? anyOf((value) => !refused.has(value)) : undefined
  },
  numeric(operand) {
    const tests = Array.isArray(operand) ? comparisons(operand) : undefined
    return tests && anyOf((value) => isNumber(value) && tests.every((test) => test(value)))
  },
}

/**
 * Makes a rule of one element of a pattern's array: a value that is matched exactly, or an object with one operator.
 *
 * Throws an Error that names the operator when Lambda doesn't know it or its operand is wrong.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export function filterRule(element: unknown): FilterRule {
  if (isScalar(element)) return anyOf((value) => value === element)
  const [operator = '', ...others] = Object.keys(element as object)
  const make = Object.hasOwn(OPERATORS, operator) && others.length === 0 ? OPERATORS[operator] : undefined
  if (!make) {
    const known = Object.keys(OPERATORS).join(', ')
    throw new Error(`${JSON.stringify(element)} is no rule of Lambda; an object holds one of ${known}`)
  }
  const rule = make((element as Record<string, unknown>)[operator])
  if (!rule) throw new Error(`${JSON.stringify(element)} has a wrong value`)
  return rule
}

export function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

function ofText(testOf: (operand: string) => Test) {
  return (operand: unknown) => (isText(operand) ? anyOf(testOf(operand)) : undefined)
}

/** Reads `['>', 0, '<=', 100]`, one or two comparisons. */
function comparisons(operand: unknown[]): ((value: number) => boolean)[] | undefined {
  if (operand.length !== 2 && operand.length !== 4) return undefined
  const tests = []
  for (let at = 0; at < operand.length; at += 2) {
    const compare = COMPARISONS[String(operand[at])]
    const bound = operand[at + 1]
    if (!compare || !isNumber(bound)) return undefined
    tests.push((value: number) => compare(value, bound))
  }
  return tests
}
