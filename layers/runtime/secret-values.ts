type Environment = Record<string, string | undefined>

let values: Environment = {}

/** What secrets add to the environment's variables: the same object until there is something new. */
export const secretValues = (): Environment => values

/** Keeps what secrets add to the environment's variables, in place of what they added before. */
export function keepSecretValues(newValues: Environment): void {
  values = newValues
}
