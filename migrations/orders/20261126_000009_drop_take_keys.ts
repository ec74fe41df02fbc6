import { up as createTakeKeys, down as dropTakeKeys } from './20261126_000002_create_take_keys.ts'

// Orders are placed by one statement, which takes their keys itself.
export { createTakeKeys as down, dropTakeKeys as up }
