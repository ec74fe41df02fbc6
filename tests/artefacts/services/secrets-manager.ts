import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A double of AWS Secrets Manager, as far as functions ask it. */
export interface SecretsManager {
  url: string
  /** Values by ARN; one that isn't there is refused. */
  secrets: Map<string, string>
  /** The ARNs that were asked for, in their order. */
  asked: string[]
  /** Whether it fails for now, as a service that is away. */
  isAway: boolean
  close(): void
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export async function startSecretsManager(secrets: [arn: string, value: string][]): Promise<SecretsManager> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const answer = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value))
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') return answer(400, {})
    if (manager.isAway) return answer(503, { __type: 'InternalServiceError', Message: 'away' })
    const { SecretId } = JSON.parse(body) as { SecretId: string }
    manager.asked.push(SecretId)
    const value = manager.secrets.get(SecretId)
    if (value === undefined)
      return answer(400, { __type: 'ResourceNotFoundException', Message: 'no such secret' })
    answer(200, { ARN: SecretId, Name: SecretId, SecretString: value, VersionStages: ['AWSCURRENT'] })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const manager: SecretsManager = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets: new Map(secrets),
    asked: [],
    isAway: false,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return manager
}
