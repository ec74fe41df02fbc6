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

/** Why an action may be allowed on every resource (`*`). Whatever is not in here may not. */
export const reasonsForEveryResource: Record<string, string> = {
  'ec2:CreateNetworkInterface':
    'Lambda makes the interfaces of a function, and of an event source mapping, which have no ARN before.',
  'ec2:DeleteNetworkInterface': 'The same interfaces; AWS documents * for both.',
  'ec2:AssignPrivateIpAddresses': 'The same interfaces.',
  'ec2:UnassignPrivateIpAddresses': 'The same interfaces.',
  'ec2:DescribeNetworkInterfaces': 'EC2 has no permissions by resource for what only describes.',
  'ec2:DescribeSecurityGroups': 'EC2 has no permissions by resource for what only describes.',
  'ec2:DescribeSubnets': 'EC2 has no permissions by resource for what only describes.',
  'ec2:DescribeVpcs': 'EC2 has no permissions by resource for what only describes.',
  'ec2:GetSecurityGroupsForVpc': 'EC2 has no permissions by resource for what only describes.',
}

const ofType = (resources: Resources, type: string) =>
  Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, resource]) => ({ name, resource, properties: resource.Properties ?? {} }))

/** A policy on each resource of a type: its properties in, what is wrong with them out. */
const each =
  (type: string, wrong: (properties: Members, resource: Resource) => string[]) =>
  (resources: Resources): string[] =>
    ofType(resources, type).flatMap(({ name, resource, properties }) =>
      wrong(properties, resource).map((problem) => `${name}: ${problem}`),
    )

const all =
  (...checks: Policy['problems'][]): Policy['problems'] =>
  (resources) =>
    checks.flatMap((check) => check(resources))

/** The property has to have one of the values, spelled out: a default of AWS may change. */
const must = (property: string, ...values: unknown[]) => {
  return (properties: Members): string[] =>
    values.some((value) => String(properties[property]) === String(value))
      ? []
      : [`${property} has to be ${values.join(' or ')}`]
}

// --- Permissions ---

interface Statement {
  Effect: string
  Action?: string | string[]
  NotAction?: unknown
  Resource?: unknown
  NotResource?: unknown
  Condition?: unknown
}

function statementsIn(resources: Resources): { name: string; statement: Statement }[] {
  return Object.entries(resources).flatMap(([name, { Properties = {} }]) =>
    [...objectsIn(Properties)].flatMap(([, object]) =>
      listed(object.Statement as Statement | Statement[] | undefined).map((statement) => ({
        name,
        statement,
      })),
    ),
  )
}

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
        const unreasoned = everywhere && !Object.hasOwn(reasonsForEveryResource, action)
        return unreasoned ? [`${name}: allows ${action} on every resource, without a reason`] : []
      }),
    ]
  })

// --- Network ---

const waysToTheInternet = [
  'AWS::EC2::EIP',
  'AWS::EC2::EgressOnlyInternetGateway',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
].map((type) => each(type, () => ['is a way to the internet']))

interface Opening {
  IpProtocol?: unknown
  FromPort?: unknown
  ToPort?: unknown
  CidrIp?: unknown
  CidrIpv6?: unknown
}

/** The ports of PostgreSQL, Redis, AMQPS, HTTPS and OTLP: RabbitMQ and RDS Proxy refuse what is not encrypted on them. */
const ports = [443, 4318, 5432, 5671, 6379]

function openings(resources: Resources): { name: string; opening: Opening }[] {
  const inGroups = ofType(resources, 'AWS::EC2::SecurityGroup').flatMap(({ name, properties }) =>
    [properties.SecurityGroupIngress, properties.SecurityGroupEgress].flatMap((rules) =>
      listed(rules as Opening[] | undefined).map((opening) => ({ name, opening })),
    ),
  )
  const alone = ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'].flatMap((type) =>
    ofType(resources, type).map(({ name, properties }) => ({ name, opening: properties as Opening })),
  )
  return [...inGroups, ...alone]
}

// The address of nobody: the rule of a group that may not call anybody.
const leadsNowhere = ({ CidrIp }: Opening) => CidrIp === '127.0.0.1/32'

const toGroupsAlone: Policy['problems'] = (resources) =>
  openings(resources).flatMap(({ name, opening }) => {
    if (leadsNowhere(opening)) return []
    const { CidrIp, CidrIpv6 } = opening
    return CidrIp || CidrIpv6 ? [`${name}: is open to addresses, not to a security group`] : []
  })

const onKnownPortsAlone: Policy['problems'] = (resources) =>
  openings(resources).flatMap(({ name, opening }) => {
    if (leadsNowhere(opening)) return []
    const { IpProtocol, FromPort, ToPort } = opening
    const isOne = IpProtocol === 'tcp' && FromPort === ToPort && ports.includes(Number(FromPort))
    return isOne ? [] : [`${name}: opens ${IpProtocol} ${FromPort}–${ToPort}`]
  })

// --- Encryption ---

/** Whether a policy for the resource of that name denies what comes without TLS. */
const refusesPlainText = (resources: Resources, type: string, member: string, name: string) =>
  ofType(resources, type).some(({ properties }) => {
    const targets = listed(properties[member]) as Members[]
    if (!targets.some((target) => target.Ref === name)) return false
    return [...objectsIn(properties.PolicyDocument)].some(([, statement]) => {
      const condition = (statement.Condition as { Bool?: Members } | undefined)?.Bool
      return statement.Effect === 'Deny' && String(condition?.['aws:SecureTransport']) === 'false'
    })
  })

const plainTextIsRefused =
  (type: string, policyType: string, member: string): Policy['problems'] =>
  (resources) =>
    ofType(resources, type)
      .filter(({ name }) => !refusesPlainText(resources, policyType, member, name))
      .map(({ name }) => `${name}: no policy denies what comes without TLS`)

const forcedTls: Policy['problems'] = (resources) =>
  ofType(resources, 'AWS::RDS::DBCluster').flatMap(({ name, properties }) => {
    const { Ref: group } = (properties.DBClusterParameterGroupName ?? {}) as { Ref?: string }
    const parameters = resources[group ?? '']?.Properties?.Parameters as Members | undefined
    return String(parameters?.['rds.force_ssl']) === '1' ? [] : [`${name}: does not force TLS`]
  })

const environmentWithoutPlainText = each('AWS::Lambda::Function', ({ Environment }) => {
  const variables = (Environment as { Variables?: Members } | undefined)?.Variables ?? {}
  return Object.entries(variables)
    .filter(([, value]) => /\b(amqp|redis|http):\/\//.test(JSON.stringify(value)))
    .map(([variable]) => `${variable} is a URL without TLS`)
})

// --- Secrets ---

const isResolved = (value: unknown) => JSON.stringify(value).includes('{{resolve:secretsmanager:')

const writtenSecrets: Policy['problems'] = (resources) =>
  Object.entries(resources).flatMap(([name, { Properties = {} }]) =>
    [...objectsIn(Properties)].flatMap(([, object]) =>
      Object.entries(object)
        .filter(([key, value]) => /(^|Master)(User)?Password$|^AuthToken$/.test(key) && !isResolved(value))
        .filter(([key]) => key !== 'ManageMasterUserPassword')
        .map(([key]) => `${name}: ${key} does not come from Secrets Manager`),
    ),
  )

// --- The list ---

const instancesOf = (resources: Resources, cluster: string) =>
  ofType(resources, 'AWS::RDS::DBInstance').filter(
    ({ properties }) => (properties.DBClusterIdentifier as Members | undefined)?.Ref === cluster,
  )

/** RDS Proxy makes its log group by itself, to be kept for ever, unless one of that name is there before. */
const proxiesLogForAWhile: Policy['problems'] = (resources) =>
  ofType(resources, 'AWS::RDS::DBProxy').flatMap(({ name, resource, properties }) => {
    const group = listed(resource.DependsOn).map((id) => resources[id]?.Properties?.LogGroupName)
    return group.includes(`/aws/rds/proxy/${properties.DBProxyName}`)
      ? []
      : [`${name}: has no log group before it`]
  })

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
      each('AWS::EC2::SecurityGroup', ({ SecurityGroupEgress }) =>
        listed(SecurityGroupEgress).length > 0 ? [] : ['names no way out, so AWS opens all of them'],
      ),
      toGroupsAlone,
      onKnownPortsAlone,
    ),
  },
  {
    name: 'tls-everywhere',
    sentence: 'Nothing travels without TLS.',
    problems: all(
      each('AWS::RDS::DBProxy', must('RequireTLS', true)),
      forcedTls,
      each('AWS::ElastiCache::ReplicationGroup', must('TransitEncryptionEnabled', true)),
      each('AWS::ElastiCache::ReplicationGroup', must('TransitEncryptionMode', undefined, 'required')),
      each('AWS::ApiGatewayV2::DomainName', ({ DomainNameConfigurations }) =>
        listed(DomainNameConfigurations as Members[]).flatMap(must('SecurityPolicy', 'TLS_1_2')),
      ),
      plainTextIsRefused('AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'),
      plainTextIsRefused('AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'),
      environmentWithoutPlainText,
    ),
  },
  {
    name: 'encrypted-at-rest',
    sentence: 'What is stored is stored encrypted.',
    problems: all(
      each('AWS::RDS::DBCluster', must('StorageEncrypted', true)),
      each('AWS::ElastiCache::ReplicationGroup', must('AtRestEncryptionEnabled', true)),
      each('AWS::AmazonMQ::Broker', ({ EncryptionOptions }) =>
        EncryptionOptions ? [] : ['EncryptionOptions is missing'],
      ),
      each('AWS::S3::Bucket', ({ BucketEncryption }) =>
        BucketEncryption ? [] : ['BucketEncryption is missing'],
      ),
    ),
  },
  {
    name: 'no-written-secrets',
    sentence: 'Passwords are made and kept by Secrets Manager; none stands in a template.',
    problems: all(
      writtenSecrets,
      each('AWS::RDS::DBCluster', must('ManageMasterUserPassword', true)),
      each('AWS::ElastiCache::ReplicationGroup', ({ AuthToken, UserGroupIds }) =>
        AuthToken || UserGroupIds ? [] : ['asks nobody for a password'],
      ),
    ),
  },
  {
    name: 'alarms-are-heard',
    sentence: 'An alarm says in words what has happened, and tells somebody when it begins and ends.',
    problems: each('AWS::CloudWatch::Alarm', ({ AlarmActions, OKActions, AlarmDescription }) => [
      ...(listed(AlarmActions).length > 0 ? [] : ['tells nobody']),
      ...(listed(OKActions).length > 0 ? [] : ['does not tell when it is over']),
      ...(AlarmDescription ? [] : ['does not say what it means']),
    ]),
  },
  {
    name: 'nothing-unread',
    sentence:
      'Nobody pays for figures of single routes, which no alarm reads, nor for logs that are kept for ever.',
    problems: all(
      each('AWS::ApiGatewayV2::Stage', ({ DefaultRouteSettings }) => {
        const { DetailedMetricsEnabled } = (DefaultRouteSettings ?? {}) as Members
        return String(DetailedMetricsEnabled) === 'true' ? ['counts each route by itself'] : []
      }),
      each('AWS::Logs::LogGroup', ({ RetentionInDays }) =>
        RetentionInDays ? [] : ['has no RetentionInDays'],
      ),
      proxiesLogForAWhile,
    ),
  },
  {
    name: 'data-outlives-the-stack',
    sentence: 'Who deletes or replaces the database keeps a snapshot.',
    problems: each('AWS::RDS::DBCluster', (_, resource) => [
      ...(resource.DeletionPolicy === 'Snapshot' ? [] : ['DeletionPolicy has to be Snapshot']),
      ...(resource.UpdateReplacePolicy === 'Snapshot' ? [] : ['UpdateReplacePolicy has to be Snapshot']),
    ]),
  },
  {
    name: 'production-is-protected',
    sentence: 'In prod the database can not be deleted, and has backups of a week at least.',
    stage: 'prod',
    problems: each('AWS::RDS::DBCluster', (properties) => [
      ...must('DeletionProtection', true)(properties),
      ...(Number(properties.BackupRetentionPeriod) >= 7 ? [] : ['has no backups of a week']),
    ]),
  },
  {
    name: 'production-outlives-a-zone',
    sentence: 'In prod every part has a second one, and the broker a third, in another zone.',
    stage: 'prod',
    problems: all(
      (resources) =>
        ofType(resources, 'AWS::RDS::DBCluster')
          .filter(({ name }) => instancesOf(resources, name).length < 2)
          .map(({ name }) => `${name}: has one instance`),
      each('AWS::ElastiCache::ReplicationGroup', must('MultiAZEnabled', true)),
      each('AWS::ElastiCache::ReplicationGroup', must('AutomaticFailoverEnabled', true)),
      each('AWS::AmazonMQ::Broker', must('DeploymentMode', 'CLUSTER_MULTI_AZ')),
      each('AWS::AmazonMQ::Broker', ({ SubnetIds }) =>
        listed(SubnetIds).length >= 3 ? [] : ['has no subnet for each of its three nodes'],
      ),
    ),
  },
]
