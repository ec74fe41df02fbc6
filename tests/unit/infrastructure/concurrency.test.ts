import { expect, it } from '@jest/globals'
import { paramIn, serverlessFile } from '../../support/cloudformation/serverless-file.ts'

const { functions, custom } = serverlessFile

/** What an account has that asked for the usual quota, less what Lambda wants left for functions without a reservation. */
const reservable = 1000 - 100

/** The name in a variable such as `param:name`. */
const parameterOf = (variable: string | undefined) => /param:(\w+)/.exec(variable ?? '')?.[1] ?? ''

const reservedIn = (stage: string) =>
  Object.values(custom.concurrency).map((variable) => paramIn(stage, parameterOf(variable)))

it('has an environment for each consumer that requests cannot take, as one batch of a queue runs at a time', () => {
  const consumers = Object.keys(functions).filter((name) =>
    functions[name]?.events?.some((event) => 'rabbitmq' in event),
  )

  expect(consumers).not.toEqual([])
  for (const name of consumers) expect(parameterOf(custom.concurrency[name])).toBe('consumerConcurrency')
  expect(paramIn('prod', 'consumerConcurrency')).toBe(1)
})

it('reserves nothing in dev, since a new account may run ten functions at once', () => {
  expect(new Set(reservedIn('dev'))).toEqual(new Set(['none']))
})

it('reserves no more in prod than the usual quota has', () => {
  const sum = reservedIn('prod').reduce<number>((total, value) => total + Number(value), 0)

  expect(sum).toBeLessThanOrEqual(reservable)
})
