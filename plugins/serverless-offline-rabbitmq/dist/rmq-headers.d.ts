/**
 * How AWS shows a header's value.
 *
 * AWS documents strings and numbers. The other types follow from what the documented ones give away: `{"bytes": [...]}`
 * is the one private field of the RabbitMQ Java client's string class, and the timestamp is what Gson makes of a Java
 * date. So the remaining types are shown as Gson shows the objects of that client: bytes are signed, a byte array is
 * an array of numbers, a timestamp is a display string and a decimal is a number.
 */
export type RmqHeaderValue = {
    bytes: number[];
} | string | number | boolean | null | RmqHeaderValue[] | {
    [name: string]: RmqHeaderValue;
};
export type RmqHeaders = {
    [name: string]: RmqHeaderValue;
};
/** Converts a table of headers as amqplib decodes it. */
export declare function headerTable(table: object): RmqHeaders;
/**
 * Shows seconds since the epoch as `MMM d, yyyy, h:mm:ss a` in UTC.
 *
 * By hand, because the ICU that Node carries decides about the space before AM and PM.
 */
export declare function displayTime(epochSeconds: number): string;
