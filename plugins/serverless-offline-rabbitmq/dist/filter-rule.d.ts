type Scalar = string | number | boolean | null;
/** Decides on the scalars that an event holds in one place: none where the field is absent. */
export type FilterRule = (values: unknown[]) => boolean;
/**
 * Makes a rule of one element of a pattern's array: a value that is matched exactly, or an object with one operator.
 *
 * Throws an Error that names the operator when Lambda doesn't know it or its operand is wrong.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export declare function filterRule(element: unknown): FilterRule;
export declare function isScalar(value: unknown): value is Scalar;
export {};
