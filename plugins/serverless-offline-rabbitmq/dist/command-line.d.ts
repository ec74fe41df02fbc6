import type { CommandLineOptions } from './serverless.ts';
/** The flags as Serverless wants them in a command's `options`. */
export declare const commandLineFlags: {
    [k: string]: {
        usage: string;
        type: "boolean" | "multiple" | "string";
    };
};
/** The options that the command line sets, and the flag of each. */
export declare function commandLineSettings(commandLine: CommandLineOptions): {
    values: {
        [k: string]: unknown;
    };
    flagOf: (option: string) => string;
};
