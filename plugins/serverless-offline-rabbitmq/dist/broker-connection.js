import { connectionUrl, displayAddress } from './broker-address.js';
import { describeBrokerError, isLoginRefused } from './broker-error.js';
import { messageOf } from './log.js';
import { atMost, retry } from './waiting.js';
const START_UP_PAUSES = { firstMs: 250, longestMs: 2000 };
const CLOSE_LIMIT_MS = 2000;
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, timeout: 5000 };
// Only the first attempt is bounded: `retry` repeats it, a connection that once stood is restored for as long as it takes.
const RECOVERY = { initialMaxRetries: 0, maxRetries: Infinity, initialDelay: 100, maxDelay: 10_000 };
/**
 * Connects to one virtual host, again and again until `patience` aborts.
 *
 * Throws an Error that says in one line what is wrong and what to do; a refused login isn't tried twice.
 */
export async function connectToBroker(target, patience) {
    const { url, virtualHost, log } = target;
    const place = { address: displayAddress(url), virtualHost };
    let waiting = false;
    try {
        return await retry(() => connect(target), {
            pauses: START_UP_PAUSES,
            signal: patience,
            isHopeless: isLoginRefused,
            onFailure: () => {
                if (!waiting)
                    log.notice(`Waiting for RabbitMQ at ${place.address}`);
                waiting = true;
            },
        });
    }
    catch (error) {
        throw new Error(describeBrokerError(error, place), { cause: error });
    }
}
async function connect({ url, virtualHost, client, log }) {
    const opener = client ?? (await amqplib());
    const model = await opener.connect(connectionUrl(url, virtualHost), {
        ...SOCKET_OPTIONS,
        recovery: RECOVERY,
    });
    reportChanges(model, `RabbitMQ at ${displayAddress(url)}`, log);
    return {
        openChannel: () => model.createChannel(),
        close: () => atMost(CLOSE_LIMIT_MS, model.close()),
    };
}
async function amqplib() {
    return (await import('amqplib')).default;
}
function reportChanges(model, broker, log) {
    // Without a listener amqplib throws the error and gives up the connection; `disconnect` tells the same story.
    model.on?.('error', (error) => log.debug(`${broker}: ${messageOf(error)}`));
    model.on?.('disconnect', (error) => log.warning(`${broker}: connection lost (${messageOf(error)}), reconnecting`));
    model.on?.('connect', () => log.warning(`${broker}: connected again`));
}
