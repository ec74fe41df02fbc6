import Type, { type Static } from 'typebox'

const UpOrDown = Type.Enum(['up', 'down'])

/** That the process answers. */
export const Liveness = Type.Object({ status: Type.Enum(['alive']) }, { examples: [{ status: 'alive' }] })
export type Liveness = Static<typeof Liveness>

/** Shown in the documents of the API. */
export const exampleHealth = {
  status: 'healthy',
  timestamp: '2026-11-21T10:00:00.000Z',
  services: { database: 'up', cache: 'up', broker: 'up' },
} as const

/**
 * How the shop is: `degraded` while cache or broker is down or nobody consumes a queue, which `warnings` names then;
 * `unhealthy` without the database.
 */
export const Health = Type.Object(
  {
    status: Type.Enum(['healthy', 'degraded', 'unhealthy']),
    timestamp: Type.String({ format: 'date-time' }),
    services: Type.Object({ database: UpOrDown, cache: UpOrDown, broker: UpOrDown }),
    warnings: Type.Optional(Type.Array(Type.String())),
  },
  {
    examples: [exampleHealth],
  },
)
export type Health = Static<typeof Health>
