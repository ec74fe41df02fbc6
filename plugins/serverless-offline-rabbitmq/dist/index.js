import { commandLineFlags } from './command-line.js';
import { readEventSourceMappings, sharedQueues } from './event-source-mapping.js';
import { createFunctionRunner } from './function-runner.js';
import { limitedInvocation } from './limited-invocation.js';
import { messageOf } from './log.js';
import { drainBeforeOfflineEnds } from './offline-end.js';
import { readOptions, retryPauses } from './options.js';
export { createFunctionRunner } from './function-runner.js';
export { toRmqEvent, } from './rmq-event.js';
/**
 * The Serverless plugin: polls RabbitMQ under `serverless offline`, `serverless offline start` and its own
 * `serverless rabbitmq`. It stands before serverless-offline in `plugins`, whose hooks don't return until the end.
 */
export default class ServerlessOfflineRabbitmq {
    commands = {
        rabbitmq: {
            usage: 'Polls the RabbitMQ queues of the functions without serving HTTP',
            lifecycleEvents: ['start', 'ready', 'end'],
            options: commandLineFlags,
        },
        // Serverless joins these options with those that serverless-offline gives to its commands.
        offline: {
            options: commandLineFlags,
            commands: { start: { options: commandLineFlags } },
        },
    };
    hooks = {
        'offline:start': () => {
            drainBeforeOfflineEnds(this.#serverless, () => this.stop());
            return this.start();
        },
        'offline:start:init': () => this.start(),
        'offline:start:end': () => this.stop(),
        'rabbitmq:start': async () => {
            await this.start();
            this.#termination = terminationSignal();
        },
        'rabbitmq:ready': () => this.#termination,
        'rabbitmq:end': () => this.stop(),
        // Handlers may hold connections that would keep the process alive, so it is ended as serverless-offline ends its own.
        finalize: () => {
            if (this.#termination)
                process.exit(0);
        },
    };
    #serverless;
    #commandLineOptions;
    #log;
    #emulator;
    #runner;
    #stopped;
    #termination;
    constructor(serverless, commandLineOptions, { log }) {
        this.#serverless = serverless;
        this.#commandLineOptions = commandLineOptions;
        this.#log = log;
    }
    /** Begins to poll. Throws within `startUpWaitMs` when a broker or a queue isn't there. */
    async start() {
        try {
            const options = readOptions(this.#serverless, this.#commandLineOptions);
            const mappings = readEventSourceMappings(this.#serverless.service, options);
            if (mappings.length === 0 || !options.enabled)
                return;
            this.#explainSharedQueues(mappings);
            await this.#poll(mappings, options);
        }
        catch (error) {
            // Serverless prints errors of its own class without a stack.
            throw new this.#serverless.classes.Error(messageOf(error));
        }
    }
    /** Begins no new batch and resolves when the running ones are acknowledged and the connections closed. */
    stop() {
        this.#stopped ??= this.#drain();
        return this.#stopped;
    }
    async #poll(mappings, options) {
        // Imported here because Serverless constructs its plugins for every command.
        const { Emulator } = await import('./emulator.js');
        const commandLine = this.#commandLineOptions;
        // serverless-offline's own timer would free an environment whose late run goes on.
        const runner = await createFunctionRunner(this.#serverless, { ...commandLine, noTimeout: true });
        this.#runner = runner;
        const isTimed = commandLine.noTimeout !== true;
        const invoke = limitedInvocation({ runner, isTimed, log: this.#log });
        const { client, concurrency, startUpWaitMs, declareQueues } = options;
        this.#emulator = new Emulator({
            mappings,
            invoke,
            log: this.#log,
            client,
            concurrency,
            startUpWaitMs,
            declareQueues,
            retryPauses: retryPauses(options),
        });
        await this.#emulator.start();
    }
    #explainSharedQueues(mappings) {
        for (const { queue, functionKeys } of sharedQueues(mappings)) {
            const functions = functionKeys.join(' and ');
            this.#log.warning(`Queue ${queue} feeds ${functions}: each message goes to one of them, as on AWS. Give each a queue of its own to hand it to all.`);
        }
    }
    async #drain() {
        await this.#emulator?.stop();
        await this.#runner?.close();
    }
}
/** Resolves at the first SIGINT or SIGTERM. npm passes Ctrl-C on to a process that has it already, so more may come. */
function terminationSignal() {
    return new Promise((resolve) => {
        process.on('SIGINT', () => resolve());
        process.on('SIGTERM', () => resolve());
    });
}
