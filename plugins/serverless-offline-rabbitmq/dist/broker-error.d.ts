type Place = {
    address: string;
    virtualHost: string;
    queue?: string;
};
/** Says in one line what the broker refused and what to do about it. */
export declare function describeBrokerError(error: unknown, { address, virtualHost, queue }: Place): string;
/** No further attempt mends wrong credentials. */
export declare function isLoginRefused(error: unknown): boolean;
export {};
