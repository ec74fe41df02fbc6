import { messageOf } from './log.js';
const QUORUM_QUEUE = { 'x-queue-type': 'quorum' };
/** The arguments of a queue that may be declared, or undefined for one that may not. */
export function declarationOf(queue, declareQueues) {
    if (typeof declareQueues === 'boolean')
        return declareQueues ? QUORUM_QUEUE : undefined;
    return Object.hasOwn(declareQueues, queue) ? declareQueues[queue] : undefined;
}
/**
 * Declares a durable queue where there is none of this name. One that exists stays as it is, whatever its arguments.
 *
 * Throws an Error of one line when the broker refuses.
 */
export async function declareIfMissing(openChannel, queue, declaration) {
    if (await exists(openChannel, queue))
        return;
    try {
        await onOwnChannel(openChannel, (channel) => channel.assertQueue(queue, { durable: true, arguments: declaration }));
    }
    catch (error) {
        throw new Error(`Queue "${queue}" can't be declared: ${messageOf(error)}`, { cause: error });
    }
}
async function exists(openChannel, queue) {
    try {
        await onOwnChannel(openChannel, (channel) => channel.checkQueue(queue));
        return true;
    }
    catch (error) {
        if (error.code === 404)
            return false;
        throw error;
    }
}
/** A refusal closes the channel that was asked, so each question has its own. */
async function onOwnChannel(openChannel, ask) {
    const channel = await openChannel();
    // The refusal rejects the question too; without a listener the event would end the process.
    channel.on('error', () => { });
    await ask(channel);
    await channel.close();
}
