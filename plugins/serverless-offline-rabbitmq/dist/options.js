import { isBrokerUrl } from './broker-address.js';
import { commandLineSettings } from './command-line.js';
export const SECTION = 'serverless-offline-rabbitmq';
const LONGEST_RETRY_PAUSE = 60;
const DEFAULTS = {
    enabled: true,
    url: 'amqp://localhost:5672',
    brokers: {},
    references: {},
    credentials: {},
    concurrency: 1,
    retryPauseMs: 1000,
    startUpWaitMs: 10_000,
    declareQueues: false,
};
const isText = (value) => typeof value === 'string' && value !== '';
const isFlag = (value) => typeof value === 'boolean';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const mapOf = (accepts) => (value) => isObject(value) && Object.values(value).every(accepts);
const integer = (least, most) => ({
    expectation: `an integer from ${least} to ${most}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
});
const CHECKS = {
    enabled: { expectation: 'true or false', accepts: isFlag },
    url: { expectation: 'a URL such as amqp://user:password@host:5672/virtual-host', accepts: isBrokerUrl },
    brokers: { expectation: 'an object of ARNs with broker URLs', accepts: mapOf(isBrokerUrl) },
    references: { expectation: 'an object of names with their values', accepts: mapOf(isText) },
    credentials: {
        expectation: 'an object of ARNs with { username, password }',
        accepts: mapOf((value) => isObject(value) && isCredentials(value)),
    },
    concurrency: integer(1, 100),
    retryPauseMs: integer(0, 900_000),
    startUpWaitMs: integer(0, 900_000),
    declareQueues: {
        expectation: 'true, false or an object of queues with their arguments',
        accepts: (value) => isFlag(value) || mapOf(isObject)(value),
    },
    client: {
        expectation: "an object with amqplib's connect",
        accepts: (value) => isObject(value) && 'connect' in value,
    },
};
// Values of these may hold a password.
const SECRETS = ['url', 'brokers', 'credentials', 'client'];
/**
 * Reads the options at the time of the call, so that other plugins can set them in an earlier hook. The command line
 * wins over serverless.yml.
 *
 * Throws an Error that names the option when one is unknown or wrong.
 */
export function readOptions({ service }, commandLine = {}, environment = process.env) {
    const configured = checked(service.custom?.[SECTION] ?? {}, (name) => `custom.${SECTION}.${name}`);
    const { values, flagOf } = commandLineSettings(commandLine);
    const commanded = checked(values, flagOf);
    const url = commanded.url ?? configured.url ?? (environment.RABBITMQ_URL || DEFAULTS.url);
    checked({ url }, () => 'RABBITMQ_URL');
    const brokers = { ...configured.brokers, ...commanded.brokers };
    const references = { ...configured.references, ...commanded.references };
    return { ...DEFAULTS, ...configured, ...commanded, url, brokers, references };
}
/** The pauses before a failed batch returns to its queue, which `retryPauseMs` asks for. */
export function retryPauses({ retryPauseMs }) {
    return { firstMs: retryPauseMs, longestMs: retryPauseMs * LONGEST_RETRY_PAUSE };
}
/** The options that are set, each of which is known and right. */
function checked(options, nameOf) {
    if (!isObject(options))
        throw new Error(`custom.${SECTION} must be an object`);
    const set = Object.entries(options).filter(([, value]) => ![undefined, null, ''].includes(value));
    for (const [option, value] of set)
        check(option, value, nameOf(option));
    return Object.fromEntries(set);
}
function check(option, value, name) {
    if (!Object.hasOwn(CHECKS, option)) {
        throw new Error(`${name} is unknown; the options are ${Object.keys(CHECKS).join(', ')}`);
    }
    const { expectation, accepts } = CHECKS[option];
    if (accepts(value))
        return;
    const shown = SECRETS.includes(option) ? '' : `, not ${JSON.stringify(value)}`;
    throw new Error(`${name} must be ${expectation}${shown}`);
}
function isCredentials(value) {
    return (Object.keys(value).sort().join() === 'password,username' &&
        Object.values(value).every((part) => typeof part === 'string'));
}
