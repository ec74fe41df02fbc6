/** What the emulator uses of the `log` that Serverless hands to plugins. */
export type Log = {
    error(message: string): void;
    warning(message: string): void;
    notice(message: string): void;
    info(message: string): void;
    debug(message: string): void;
};
/** The message of whatever was thrown, on one line. */
export declare function messageOf(error: unknown): string;
