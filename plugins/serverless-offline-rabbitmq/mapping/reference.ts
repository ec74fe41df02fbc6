/** An ARN as serverless.yml gives it: itself, or the name of what stands for it. */
export type Reference = { name: string; literal?: string }

/** Reads a literal, a `Ref` or an `Fn::ImportValue`; undefined for anything else, which osls refuses here too. */
export function readReference(value: unknown): Reference | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { name: value, literal: value }
  if (typeof value !== 'object' || value === null) return undefined
  const name = 'Ref' in value ? value.Ref : 'Fn::ImportValue' in value ? value['Fn::ImportValue'] : undefined
  if (name === undefined) return undefined
  return { name: typeof name === 'string' ? name : JSON.stringify(name) }
}

/** CloudFormation alone knows what a `Ref` stands for; its name makes a readable ARN. */
export function placeholderOf(name: string): string {
  const readable = name.replaceAll(/[^\w.-]+/g, '-')
  return `arn:aws:mq:us-east-1:000000000000:broker:${readable}:b-00000000-0000-0000-0000-000000000000`
}
