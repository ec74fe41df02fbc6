/** The most that Lambda accepts as an event: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export declare const PAYLOAD_LIMIT: number;
/** The bytes of a value's JSON, counted without writing it. */
export declare function jsonSize(value: unknown): number;
