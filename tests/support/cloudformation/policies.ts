import { listed, objectsIn, type Resource } from './template.ts'

type Resources = Record<string, Resource>
type Members = Record<string, unknown>

/** A rule that every template keeps in the stages where it holds. */
export interface Policy {
  name: string
  sentence: string
  /** Default: every one. */
  stage?: 'prod'
  /** What breaks the rule, each in one line that begins with the name of the resource. */
  problems(resources: Resources): string[]
}

/**
 * What may be allowed on every resource (`*`): Lambda makes the interfaces of a function, and of an event source mapping,
 * which have no ARN before, and EC2 has no permissions by resource for what only describes.
 */
const allowedEverywhere = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ec2:GetSecurityGroupsForVpc',
]

const ofType = (resources: Resources, ...types: string[]) =>
  Object.entries(resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([name, resource]) => ({ name, resource, properties: resource.Properties ?? {} }))

/** What a check finds wrong with one resource; anything falsy is nothing. */
type Wrong = string | false | undefined | readonly Wrong[]
type Check = (properties: Members, resource: Resource, name: string, resources: Resources) => Wrong

/** A policy on each resource of a type. */
const each =
  (type: string, ...checks: Check[]): Policy['problems'] =>
  (resources) =>
    ofType(resources, type).flatMap(({ name, resource, properties }) =>
      checks
        .flatMap((check) => [check(properties, resource, name, resources)].flat(3) as (string | false)[])
        .flatMap((problem) => (problem ? `${name}: ${problem}` : [])),
    )

const all =
  (...checks: Policy['problems'][]): Policy['problems'] =>
  (resources) =>
    checks.flatMap((check) => check(resources))

/** The property has to have one of the values, spelled out: a default of AWS may change. */
const must =
  (property: string, ...values: unknown[]): Check =>
  (properties) =>
    !values.map(String).includes(String(properties[property])) &&
    `${property} has to be ${values.join(' or ')}`

/** One of the properties has to be there, and not empty. */
const mustHave =
  (...names: string[]): Check =>
  (properties) =>
    !names.some((name) => listed(properties[name]).some(Boolean)) && `has no ${names.join(' or ')}`

// --- Permissions ---

interface Statement extends Members {
  Effect: string
  Action?: string | string[]
}

const statementsIn = (resources: Resources) =>
  Object.entries(resources).flatMap(([name, { Properties }]) =>
    [...objectsIn(Properties)]
      .flatMap(([, object]) => listed(object.Statement as Statement | Statement[] | undefined))
      .map((statement) => ({ name, statement })),
  )

const isEverything = (resource: unknown) =>
  typeof resource === 'string' && /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(resource)

const wildcards: Policy['problems'] = (resources) =>
  statementsIn(resources).flatMap(({ name, statement }) => {
    if (statement.Effect !== 'Allow') return []
    const { NotAction, NotResource } = statement
    const everywhere = listed(statement.Resource).some(isEverything)
    return [
      ...(NotAction || NotResource ? [`${name}: says what is not allowed instead of what is`] : []),
      ...listed(statement.Action).flatMap((action) => {
        if (action.includes('*')) return [`${name}: allows ${action}`]
        const unreasoned = everywhere && !allowedEverywhere.includes(action)
        return unreasoned ? [`${name}: allows ${action} on every resource, without a reason`] : []
      }),
    ]
  })

// --- Network ---

const waysToTheInternet = ['EIP', 'EgressOnlyInternetGateway', 'InternetGateway', 'NatGateway'].map((type) =>
  each(`AWS::EC2::${type}`, () => 'is a way to the internet'),
)

/** The ports of PostgreSQL, Redis, AMQPS, HTTPS and OTLP: RabbitMQ and RDS Proxy refuse what is not encrypted on them. */
const ports = [443, 4318, 5432, 5671, 6379]

/** What security groups let in and out, but for the address of nobody: the rule of a group that may not call anybody. */
function openings(resources: Resources): { name: string; opening: Members }[] {
  const inGroups = ofType(resources, 'AWS::EC2::SecurityGroup').flatMap(({ name, properties }) =>
    [properties.SecurityGroupIngress, properties.SecurityGroupEgress].flatMap((rules) =>
      listed(rules as Members[] | undefined).map((opening) => ({ name, opening })),
    ),
  )
  const alone = ofType(resources, 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress').map(
    ({ name, properties }) => ({ name, opening: properties }),
  )
  return [...inGroups, ...alone].filter(({ opening }) => opening.CidrIp !== '127.0.0.1/32')
}

const toGroupsOnKnownPortsAlone: Policy['problems'] = (resources) =>
  openings(resources).flatMap(({ name, opening }) => {
    const { CidrIp, CidrIpv6, IpProtocol, FromPort, ToPort } = opening
    const isOne = IpProtocol === 'tcp' && FromPort === ToPort && ports.includes(Number(FromPort))
    return [
      ...(CidrIp || CidrIpv6 ? [`${name}: is open to addresses, not to a security group`] : []),
      ...(isOne ? [] : [`${name}: opens ${IpProtocol} ${FromPort}–${ToPort}`]),
    ]
  })

// --- Encryption ---

const isDenialOfPlainText = ({ Effect, Condition }: Members) =>
  Effect === 'Deny' &&
  String((Condition as { Bool?: Members } | undefined)?.Bool?.['aws:SecureTransport']) === 'false'

/** A policy for the resource denies what comes without TLS. */
const refusesPlainText =
  (policyType: string, member: string): Check =>
  (_properties, _resource, name, resources) =>
    !ofType(resources, policyType).some(
      ({ properties }) =>
        (listed(properties[member]) as Members[]).some(({ Ref }) => Ref === name) &&
        [...objectsIn(properties.PolicyDocument)].some(([, statement]) => isDenialOfPlainText(statement)),
    ) && 'no policy denies what comes without TLS'

const forcesTls: Check = ({ DBClusterParameterGroupName: group }, _resource, _name, resources) => {
  const { Parameters } = resources[String((group as Members | undefined)?.Ref)]?.Properties ?? {}
  return String((Parameters as Members | undefined)?.['rds.force_ssl']) !== '1' && 'does not force TLS'
}

const hasNoPlainUrl: Check = ({ Environment }) =>
  Object.entries((Environment as { Variables?: Members } | undefined)?.Variables ?? {})
    .filter(([, value]) => /\b(amqp|redis|http):\/\//.test(JSON.stringify(value)))
    .map(([variable]) => `${variable} is a URL without TLS`)

// --- Secrets ---

const isResolved = (value: unknown) => JSON.stringify(value).includes('{{resolve:secretsmanager:')

const writtenSecrets: Policy['problems'] = (resources) =>
  Object.entries(resources).flatMap(([name, { Properties }]) =>
    [...objectsIn(Properties)]
      .flatMap(([, object]) => Object.entries(object))
      .filter(([key, value]) => /^(Master)?(User)?Password$|^AuthToken$/.test(key) && !isResolved(value))
      .map(([key]) => `${name}: ${key} does not come from Secrets Manager`),
  )

// --- The list ---

const hasSecondInstance: Check = (_properties, _resource, name, resources) =>
  ofType(resources, 'AWS::RDS::DBInstance').filter(
    ({ properties }) => (properties.DBClusterIdentifier as Members | undefined)?.Ref === name,
  ).length < 2 && 'has one instance'

/** RDS Proxy makes its log group by itself, to be kept for ever, unless one of that name is there before. */
const logsForAWhile: Check = ({ DBProxyName }, { DependsOn }, _name, resources) =>
  listed(DependsOn).every(
    (id) => resources[id]?.Properties?.LogGroupName !== `/aws/rds/proxy/${DBProxyName}`,
  ) && 'has no log group before it'

/** What every template is held to, the infrastructure's and the shop's. */
export const policies: Policy[] = [
  {
    name: 'no-wildcards',
    sentence: 'Nothing is allowed on every resource without a reason, and no action by a pattern.',
    problems: wildcards,
  },
  {
    name: 'nothing-public',
    sentence: 'No database, broker or address can be reached from the internet, nor reach it.',
    problems: all(
      each('AWS::RDS::DBInstance', must('PubliclyAccessible', false)),
      each('AWS::AmazonMQ::Broker', must('PubliclyAccessible', false)),
      each('AWS::EC2::Subnet', must('MapPublicIpOnLaunch', false)),
      each('AWS::Lambda::Url', must('AuthType', 'AWS_IAM')),
      ...waysToTheInternet,
    ),
  },
  {
    name: 'least-openings',
    sentence: 'Security groups are open to each other alone, on one port each, in both directions.',
    problems: all(
      // Else AWS opens every way out.
      each('AWS::EC2::SecurityGroup', mustHave('SecurityGroupEgress')),
      toGroupsOnKnownPortsAlone,
    ),
  },
  {
    name: 'tls-everywhere',
    sentence: 'Nothing travels without TLS.',
    problems: all(
      each('AWS::RDS::DBProxy', must('RequireTLS', true)),
      each('AWS::RDS::DBCluster', forcesTls),
      each(
        'AWS::ElastiCache::ReplicationGroup',
        must('TransitEncryptionEnabled', true),
        must('TransitEncryptionMode', undefined, 'required'),
      ),
      each('AWS::ApiGatewayV2::DomainName', ({ DomainNameConfigurations }, ...rest) =>
        listed(DomainNameConfigurations as Members[]).map((one) =>
          must('SecurityPolicy', 'TLS_1_2')(one, ...rest),
        ),
      ),
      each('AWS::SNS::Topic', refusesPlainText('AWS::SNS::TopicPolicy', 'Topics')),
      each('AWS::S3::Bucket', refusesPlainText('AWS::S3::BucketPolicy', 'Bucket')),
      each('AWS::Lambda::Function', hasNoPlainUrl),
    ),
  },
  {
    name: 'encrypted-at-rest',
    sentence: 'What is stored is stored encrypted.',
    problems: all(
      each('AWS::RDS::DBCluster', must('StorageEncrypted', true)),
      each('AWS::ElastiCache::ReplicationGroup', must('AtRestEncryptionEnabled', true)),
      each('AWS::AmazonMQ::Broker', mustHave('EncryptionOptions')),
      each('AWS::S3::Bucket', mustHave('BucketEncryption')),
    ),
  },
  {
    name: 'no-written-secrets',
    sentence: 'Passwords are made and kept by Secrets Manager; none stands in a template.',
    problems: all(
      writtenSecrets,
      each('AWS::RDS::DBCluster', must('ManageMasterUserPassword', true)),
      each('AWS::ElastiCache::ReplicationGroup', mustHave('AuthToken', 'UserGroupIds')),
    ),
  },
  {
    name: 'alarms-are-heard',
    sentence: 'An alarm says in words what has happened, and tells somebody when it begins and ends.',
    problems: each(
      'AWS::CloudWatch::Alarm',
      ...['AlarmActions', 'OKActions', 'AlarmDescription'].map((name) => mustHave(name)),
    ),
  },
  {
    name: 'nothing-unread',
    sentence:
      'Nobody pays for figures of single routes, which no alarm reads, nor for logs that are kept for ever.',
    problems: all(
      each('AWS::ApiGatewayV2::Stage', ({ DefaultRouteSettings }) => {
        const { DetailedMetricsEnabled } = (DefaultRouteSettings ?? {}) as Members
        return String(DetailedMetricsEnabled) === 'true' && 'counts each route by itself'
      }),
      each('AWS::Logs::LogGroup', mustHave('RetentionInDays')),
      each('AWS::RDS::DBProxy', logsForAWhile),
    ),
  },
  {
    name: 'data-outlives-the-stack',
    sentence: 'Who deletes or replaces the database keeps a snapshot.',
    problems: each('AWS::RDS::DBCluster', (_, { DeletionPolicy, UpdateReplacePolicy }) => [
      DeletionPolicy !== 'Snapshot' && 'DeletionPolicy has to be Snapshot',
      UpdateReplacePolicy !== 'Snapshot' && 'UpdateReplacePolicy has to be Snapshot',
    ]),
  },
  {
    name: 'production-is-protected',
    sentence: 'In prod the database can not be deleted, and has backups of a week at least.',
    stage: 'prod',
    problems: each(
      'AWS::RDS::DBCluster',
      must('DeletionProtection', true),
      ({ BackupRetentionPeriod: days }) => !(Number(days) >= 7) && 'has no backups of a week',
    ),
  },
  {
    name: 'production-outlives-a-zone',
    sentence: 'In prod every part has a second one, and the broker a third, in another zone.',
    stage: 'prod',
    problems: all(
      each('AWS::RDS::DBCluster', hasSecondInstance),
      each(
        'AWS::ElastiCache::ReplicationGroup',
        must('MultiAZEnabled', true),
        must('AutomaticFailoverEnabled', true),
      ),
      each(
        'AWS::AmazonMQ::Broker',
        must('DeploymentMode', 'CLUSTER_MULTI_AZ'),
        ({ SubnetIds }) => listed(SubnetIds).length < 3 && 'has no subnet for each of its three nodes',
      ),
    ),
  },
]
