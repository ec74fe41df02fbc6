import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parametersOf } from '../../support/cloudformation/deployed-stage.ts'
import { policies } from '../../support/cloudformation/policies.ts'
import { stageOf } from '../../support/cloudformation/stage.ts'
import {
  parseTemplate,
  readTemplate,
  type Template,
  templatePaths,
} from '../../support/cloudformation/template.ts'

const existing = Object.fromEntries(
  Object.keys(readTemplate(templatePaths['existing infrastructure']).Parameters ?? {}).map((name) => [
    name,
    'x',
  ]),
)

const problemsOf = (name: string, stage: string, template: Template) =>
  policies
    .find((policy) => policy.name === name)
    ?.problems(stageOf(template, { ...existing, ...parametersOf(stage) }).resources)

const cases = Object.entries(templatePaths).flatMap(([template, path]) =>
  policies.flatMap(({ name, sentence, stage: only }) =>
    (only ? [only] : ['dev', 'prod']).map((stage) => ({ template, path, name, sentence, stage })),
  ),
)

it.each(cases)('the $template in $stage keeps $name: $sentence', ({ path, name, stage }) => {
  expect(problemsOf(name, stage, readTemplate(path))).toEqual([])
})

const infrastructure = readFileSync(templatePaths.infrastructure, 'utf8')

describe('the policies', () => {
  it.each([
    [
      'no-wildcards',
      'Resource: !GetAtt Database.MasterUserSecret.SecretArn',
      "Resource: '*'",
      'DatabaseProxyRole',
    ],
    [
      'no-wildcards',
      'Action: secretsmanager:GetSecretValue',
      'Action: secretsmanager:*',
      'DatabaseProxyRole',
    ],
    ['no-wildcards', 'Action: lambda:InvokeFunction', 'NotAction: lambda:InvokeFunction', 'LambdaEndpoint'],
    ['nothing-public', 'PubliclyAccessible: false', 'PubliclyAccessible: true', 'DatabaseWriter'],
    [
      'nothing-public',
      '      PubliclyAccessible: false\n      EncryptionOptions',
      '      EncryptionOptions',
      'Broker',
    ],
    ['nothing-public', '  Vpc:\n', '  Way: { Type: AWS::EC2::InternetGateway }\n  Vpc:\n', 'Way'],
    [
      'least-openings',
      'SourceSecurityGroupId: !Ref FunctionSecurityGroup',
      'CidrIp: 10.0.0.0/8',
      'ProxyFromFunctions',
    ],
    ['least-openings', 'ToPort: 5432', 'ToPort: 5439', 'FunctionSecurityGroup'],
    [
      'least-openings',
      "SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: 127.0.0.1/32, Description: Nowhere }]",
      'Tags: []',
      'DatabaseSecurityGroup',
    ],
    ['tls-everywhere', "rds.force_ssl: '1'", "rds.force_ssl: '0'", 'Database'],
    ['tls-everywhere', '      TransitEncryptionEnabled: true\n', '', 'Cache'],
    ['tls-everywhere', "aws:SecureTransport: 'false'", "aws:SecureTransport: 'true'", 'AlarmTopic'],
    ['encrypted-at-rest', '      EncryptionOptions: { UseAwsOwnedKey: true }\n', '', 'Broker'],
    ['no-written-secrets', 'Password: !Sub', 'Password: correct-horse-battery-staple #', 'Broker'],
    ['no-written-secrets', 'ManageMasterUserPassword: true', 'MasterUserPassword: stockroom', 'Database'],
    ['alarms-are-heard', '      OKActions: [!Ref AlarmTopic]\n', '', 'DatabaseCapacityAlarm'],
    ['nothing-unread', 'RetentionInDays: 30', 'Tags: []', 'DatabaseProxyLogs'],
    ['nothing-unread', '    DependsOn: DatabaseProxyLogs\n', '', 'DatabaseProxy'],
    ['data-outlives-the-stack', '    DeletionPolicy: Snapshot\n', '', 'Database'],
    ['production-is-protected', '!If [IsProduction, 14, 1]', '!If [IsProduction, 1, 14]', 'Database'],
    ['production-outlives-a-zone', 'DBClusterIdentifier: !Ref Database\n', '\n', 'Database'],
    [
      'production-outlives-a-zone',
      '!If [IsProduction, CLUSTER_MULTI_AZ',
      '!If [IsProduction, SINGLE_INSTANCE',
      'Broker',
    ],
  ])('%s: misses %s', (name, right, wrong, resource) => {
    expect(infrastructure).toContain(right)

    const problems = problemsOf(name, 'prod', parseTemplate(infrastructure.replace(right, wrong)))

    expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${resource}: `)))
  })

  it('see a URL without TLS in the environment of a function', () => {
    const Environment = {
      Variables: {
        RABBITMQ_URL: 'amqp://broker:5672',
        REDIS_URL: 'rediss://cache:6379',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      },
    }
    const template = { Resources: { Shop: { Type: 'AWS::Lambda::Function', Properties: { Environment } } } }

    expect(problemsOf('tls-everywhere', 'dev', template)).toEqual([
      'Shop: RABBITMQ_URL is a URL without TLS',
      'Shop: OTEL_EXPORTER_OTLP_ENDPOINT is a URL without TLS',
    ])
  })

  it('see an action that is allowed on every resource in the role of a function', () => {
    const Statement = [{ Effect: 'Allow', Action: ['ec2:DescribeVpcs', 'sqs:SendMessage'], Resource: '*' }]
    const Policies = [{ PolicyName: 'own', PolicyDocument: { Statement } }]
    const template = { Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { Policies } } } }

    expect(problemsOf('no-wildcards', 'dev', template)).toEqual([
      'Role: allows sqs:SendMessage on every resource, without a reason',
    ])
  })
})
