import type { Output, Resource, Template } from './template.ts'

/** What a template comes to with the values of its parameters; what only AWS knows stays as it is written. */
export interface Stage {
  resources: Record<string, Resource>
  outputs: Record<string, Output>
}

type Values = Record<string, unknown>

const nothing = Symbol('AWS::NoValue')

/**
 * Decides the conditions of a template, and puts the values of the parameters in the places where they are used.
 * @throws Error for a parameter without a value
 */
export function stageOf(template: Template, given: Values): Stage {
  const values: Values = {}
  for (const [name, { Default: fallback }] of Object.entries(template.Parameters ?? {})) {
    const value = given[name] ?? fallback
    if (value === undefined) throw new Error(`The parameter ${name} has no value.`)
    values[name] = value
  }
  const holds = (name: string) => decide(template.Conditions?.[name])
  const decide = (condition: unknown): boolean => {
    const { Condition: name, ...call } = condition as { Condition?: string } & Record<string, unknown[]>
    if (name) return holds(name)
    const [[operator, operands]] = Object.entries(call) as [[string, unknown[]]]
    if (operator === 'Fn::Equals') return String(settle(operands[0])) === String(settle(operands[1]))
    if (operator === 'Fn::Not') return !decide(operands[0])
    if (operator === 'Fn::And') return operands.every(decide)
    if (operator === 'Fn::Or') return operands.some(decide)
    throw new Error(`${operator} is no condition that is known here.`)
  }
  const settle = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(settle).filter((item) => item !== nothing)
    const object = value as Record<string, unknown>
    if (object.Ref === 'AWS::NoValue') return nothing
    if (typeof object.Ref === 'string' && Object.hasOwn(values, object.Ref)) return values[object.Ref]
    const choice = object['Fn::If'] as [string, unknown, unknown] | undefined
    if (choice) return settle(holds(choice[0]) ? choice[1] : choice[2])
    const text = object['Fn::Sub']
    if (typeof text === 'string') return substitute(text, values)
    if (Array.isArray(text)) return substituteOwn(text as [string, Values], values, settle)
    return Object.fromEntries(
      Object.entries(object)
        .map(([key, member]) => [key, settle(member)])
        .filter(([, member]) => member !== nothing),
    )
  }
  const those = <Part extends { Condition?: string }>(parts: Record<string, Part> = {}) =>
    Object.fromEntries(
      Object.entries(parts)
        .filter(([, { Condition: name }]) => !name || holds(name))
        .map(([name, part]) => [name, settle(part) as Part]),
    )
  return { resources: those(template.Resources), outputs: those(template.Outputs) }
}

/** As {@link substitute}, with names that the call brings itself; one whose value only AWS knows leaves it as it was. */
function substituteOwn([text, own]: [string, Values], values: Values, settle: (value: unknown) => unknown) {
  const settled = settle(own) as Values
  const isKnown = Object.values(settled).every((value) => typeof value !== 'object')
  return isKnown ? substitute(text, { ...values, ...settled }) : { 'Fn::Sub': [text, settled] }
}

/** A text when every name in it is known, else the call as it was. */
function substitute(text: string, values: Values): unknown {
  const settled = text.replaceAll(/\$\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  )
  return settled.includes('${') ? { 'Fn::Sub': settled } : settled
}
