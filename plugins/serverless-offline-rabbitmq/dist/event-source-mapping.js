import { virtualHostOf, withCredentials } from './broker-address.js';
import { compileFilter } from './filter-pattern.js';
import { timeoutSecondsOf } from './function-timeout.js';
import { definitionReader } from './mapping-definition.js';
import { placeholderOf } from './reference.js';
// https://docs.aws.amazon.com/lambda/latest/dg/services-mq-params.html
const DEFAULT_BATCH_SIZE = 100;
const DEFAULT_WINDOW_SECONDS = 0.5;
/**
 * Reads the enabled `rabbitmq` events of all functions, with what `options` says about ARNs and brokers.
 *
 * A mapping without `virtualHost` takes the one of its broker URL.
 *
 * Throws an Error that names the function and the member when a definition is wrong, or the same twice.
 */
export function readEventSourceMappings({ functions = {}, provider }, options) {
    const mappings = Object.entries(functions).flatMap(([functionKey, definition]) => rabbitmqEvents(definition).map((event) => {
        const read = definitionReader(functionKey, event);
        return {
            functionKey,
            timeoutSeconds: timeoutSecondsOf(definition, provider),
            ...members(read, options),
        };
    }));
    refuseTwins(mappings);
    return mappings.filter((mapping) => mapping.enabled);
}
/** The queues that more than one function consumes, each with its functions. */
export function sharedQueues(mappings) {
    const byQueue = Map.groupBy(mappings, ({ brokerUrl, virtualHost, queue }) => JSON.stringify([brokerUrl, virtualHost, queue]));
    return [...byQueue.values()]
        .filter(({ length }) => length > 1)
        .map((its) => ({
        queue: its[0]?.queue ?? '',
        functionKeys: its.map(({ functionKey }) => functionKey),
    }));
}
function rabbitmqEvents({ events = [] }) {
    return events
        .filter((event) => typeof event === 'object' && event !== null)
        .flatMap((event) => ('rabbitmq' in event ? [event.rabbitmq] : []));
}
function members(read, options) {
    const queue = read.text('queue');
    const broker = read.reference('arn');
    const secret = read.reference('basicAuthArn');
    const brokerUrl = brokerUrlOf(broker, secret, options);
    return {
        queue,
        virtualHost: read.text('virtualHost', virtualHostOf(brokerUrl)),
        brokerUrl,
        batchSize: read.integer('batchSize', DEFAULT_BATCH_SIZE, 1, 10_000),
        maximumBatchingWindowSeconds: read.integer('maximumBatchingWindow', DEFAULT_WINDOW_SECONDS, 0, 300),
        eventSourceArn: options.references[broker.name] ?? broker.literal ?? placeholderOf(broker.name),
        enabled: read.flag('enabled', true),
        ...read.optional('filterPatterns', (patterns) => ({ passes: compileFilter(patterns) })),
    };
}
/** What a map of the options says about an ARN: under its value, or under the name of the reference to it. */
function localValueOf({ name }, map, { references }) {
    const value = references[name];
    return map[name] ?? (value === undefined ? undefined : map[value]);
}
function brokerUrlOf(broker, secret, options) {
    const url = localValueOf(broker, options.brokers, options) ?? options.url;
    const credentials = localValueOf(secret, options.credentials, options);
    return credentials ? withCredentials(url, credentials) : url;
}
/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html (ResourceConflictException) */
function refuseTwins(mappings) {
    const seen = new Set();
    for (const { functionKey, queue, virtualHost, eventSourceArn } of mappings) {
        const identity = JSON.stringify([functionKey, queue, virtualHost, eventSourceArn]);
        if (seen.has(identity)) {
            throw new Error(`Function "${functionKey}": queue "${queue}" is mapped twice, which Lambda refuses`);
        }
        seen.add(identity);
    }
}
