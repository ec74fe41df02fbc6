/** A value as a tier keeps it. Where `value` is missing, only the version is known; `null` says there is nothing. */
export interface Stored<Value = unknown> {
  version: number
  /** Of which database it is a copy; empty when that couldn't be known. Versions of two databases don't compare. */
  database: string
  value?: Value | null
}

/** A place that keeps copies. A write never replaces a value of a higher version of the same database. */
export interface Tier {
  read(key: string): Stored | undefined | Promise<Stored | undefined>
  write(key: string, stored: Stored): unknown
  /** Drops the value and raises the version: a load that began before can't be written any more. */
  invalidate(key: string, database: string): unknown
}

/** A load that took longer is not kept: a tier may have forgotten by then the version that it would have to give way to. */
export const longestLoadMs = 5000

/** Whether something read from outside this process is an entry; its value may still be anything. */
export const isStored = (entry: unknown): entry is Stored =>
  typeof entry === 'object' &&
  entry !== null &&
  'version' in entry &&
  Number.isSafeInteger(entry.version) &&
  (entry.version as number) >= 0 &&
  'database' in entry &&
  typeof entry.database === 'string'
