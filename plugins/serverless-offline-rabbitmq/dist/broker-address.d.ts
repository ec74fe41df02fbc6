import type { Credentials } from './options.ts';
/** Whether amqplib can connect to it. */
export declare function isBrokerUrl(url: unknown): url is string;
/** Reads a broker URL. Throws without repeating it, since it may hold a password. */
export declare function parseBrokerUrl(url: string): URL;
/** The virtual host that a broker URL names, `/` when it names none. */
export declare function virtualHostOf(url: string): string;
/** The broker URL for one virtual host, with a heartbeat unless the URL sets its own. */
export declare function connectionUrl(url: string, virtualHost: string): string;
/** The broker URL with this user and password instead of its own. */
export declare function withCredentials(url: string, { username, password }: Credentials): string;
/** A broker URL without its credentials, for people to read. */
export declare function displayAddress(url: string): string;
