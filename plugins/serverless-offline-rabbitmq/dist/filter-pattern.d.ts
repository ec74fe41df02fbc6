/** Whether the message with this body is handed to the function. */
export type MessageFilter = (body: Buffer) => boolean;
/**
 * Compiles `filterPatterns`: a message passes when any of them matches its `data`. Bodies are read as UTF-8. A pattern
 * for plain strings drops every body that is JSON, and a pattern for JSON every body that isn't.
 *
 * Throws an Error that says which pattern is wrong, and where.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq-filtering.html
 *
 * @example
 * const passes = compileFilter([{ data: { timeout: [{ numeric: ['>', 0] }] } }])
 * passes(Buffer.from('{"timeout":1}')) // true
 */
export declare function compileFilter(patterns: unknown): MessageFilter;
