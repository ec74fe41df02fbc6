/** A service that functions name in `uses`, as `custom.services` in serverless.yml describes it. */
export interface DeployedService {
  /** An ARN, or what CloudFormation puts in its place. */
  secretArn: unknown
  /** Variables that name the service to a function. */
  environment: Record<string, unknown>
  /** Whether it stands in the private subnets. */
  isInNetwork?: boolean
}

export interface DeployedFunction {
  name: string
  uses?: string[]
  environment?: Record<string, unknown>
  events?: { rabbitmq?: { arn: unknown } }[]
  role?: unknown
  vpc?: unknown
}

export interface Network {
  subnetIds: unknown[]
  securityGroupIds: unknown[]
}

interface Statement {
  Sid: string
  Effect: 'Allow'
  Action: string[]
  Resource: unknown
}

interface Deployment {
  services: Record<string, DeployedService>
  network: Network
  /** Variables of the functions that stand in the network; an empty one is left out. */
  networkEnvironment: Record<string, unknown>
}

/**
 * Gives every function what it needs for what it uses, and a role of its own that allows no more.
 * @returns the roles as CloudFormation resources
 * @throws Error when a function uses a service that is not described
 */
export function grantAccess(
  functions: Record<string, DeployedFunction>,
  { services, network, networkEnvironment }: Deployment,
): Record<string, object> {
  const roles: Record<string, object> = {}
  for (const [key, definition] of Object.entries(functions)) {
    const used = (definition.uses ?? []).map((name) => described(services, name, key))
    const isInNetwork = used.some((service) => service.isInNetwork)
    const id = `${key[0]?.toUpperCase()}${key.slice(1)}Role`
    const brokers = (definition.events ?? []).flatMap(({ rabbitmq }) => (rabbitmq ? [rabbitmq.arn] : []))
    definition.environment = Object.assign(
      {},
      isInNetwork ? given(networkEnvironment) : {},
      ...used.map(({ environment }) => environment),
      definition.environment,
    )
    if (isInNetwork) definition.vpc = network
    definition.role = { 'Fn::GetAtt': [id, 'Arn'] }
    roles[id] = role([
      mayLog(definition.name),
      ...(used.length > 0 ? [mayRead(used)] : []),
      ...(isInNetwork ? [mayJoinNetwork] : []),
      ...(brokers.length > 0 ? [mayDescribe(brokers)] : []),
    ])
  }
  return roles
}

const given = (environment: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))

function described(services: Record<string, DeployedService>, name: string, user: string): DeployedService {
  const service = services[name]
  if (!service) throw new Error(`${user} uses ${name}, which custom.services doesn't describe.`)
  return service
}

const role = (statements: Statement[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    Policies: [{ PolicyName: 'access', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
})

const mayLog = (functionName: string): Statement => ({
  Sid: 'OwnLog',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: {
    'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${functionName}:*`,
  },
})

const mayRead = (used: DeployedService[]): Statement => ({
  Sid: 'OwnSecrets',
  Effect: 'Allow',
  Action: ['secretsmanager:GetSecretValue'],
  Resource: used.map(({ secretArn }) => secretArn),
})

/**
 * Lambda creates the network interfaces of a function, and the pollers of its queues, with the function's role, and AWS
 * wants these actions on every resource:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
const mayJoinNetwork: Statement = {
  Sid: 'NetworkInterfacesHaveNoNarrowerResource',
  Effect: 'Allow',
  Action: [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSubnets',
    'ec2:DescribeVpcs',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  Resource: '*',
}

const mayDescribe = (brokers: unknown[]): Statement => ({
  Sid: 'ConsumedBroker',
  Effect: 'Allow',
  Action: ['mq:DescribeBroker'],
  Resource: brokers,
})
