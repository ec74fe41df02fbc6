/** An ARN as serverless.yml gives it: itself, or the name of what stands for it. */
export type Reference = {
    name: string;
    literal?: string;
};
/** Reads a literal, a `Ref` or an `Fn::ImportValue`; undefined for anything else, which osls refuses here too. */
export declare function readReference(value: unknown): Reference | undefined;
/** CloudFormation alone knows what a `Ref` stands for; its name makes a readable ARN. */
export declare function placeholderOf(name: string): string;
