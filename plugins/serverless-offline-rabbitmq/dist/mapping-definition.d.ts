import { type Reference } from './reference.ts';
/** A `rabbitmq` event as serverless.yml gives it. */
export type Definition = Record<string, unknown>;
export type DefinitionReader = ReturnType<typeof definitionReader>;
/** Reads the members of one definition. Every refusal names the function and the member. */
export declare function definitionReader(functionKey: string, definition: unknown): {
    text(member: string, fallback?: string): string;
    integer(member: string, fallback: number, least: number, most: number): number;
    flag(member: string, fallback: boolean): boolean;
    reference(member: string): Reference;
    /** What `make` makes of a member that is there; its error becomes a refusal. */
    optional<T>(member: string, make: (value: unknown) => T): T | undefined;
};
