import { sourceQueues } from '@stockroom/messaging/read-dead-letters'
import Type, { type Static } from 'typebox'

const Queue = Type.Enum(sourceQueues, { description: 'The queue that the message was meant for.' })
const MessageIds = Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { minItems: 1, maxItems: 100 })

/** What no consumer could handle. */
export const DeadLetters = Type.Object(
  {
    total: Type.Integer({
      minimum: 0,
      description: 'How many there are; at most 100 of each queue are shown.',
    }),
    letters: Type.Array(
      Type.Object({
        queue: Queue,
        messageId: Type.String(),
        type: Type.String(),
        reason: Type.String({
          description: 'What a consumer found wrong, or that it was delivered too often.',
        }),
        firstFailedAt: Type.Union([Type.String(), Type.Null()]),
        attempts: Type.Union([Type.Integer(), Type.Null()]),
        body: Type.String({ description: 'As much of it as a person reads.' }),
      }),
    ),
  },
  {
    examples: [
      {
        total: 1,
        letters: [
          {
            queue: 'stock-reduction',
            messageId: 'order.created:42',
            type: 'order.created',
            reason: 'not JSON',
            firstFailedAt: '2026-11-21T10:00:00.000Z',
            attempts: 1,
            body: '{',
          },
        ],
      },
    ],
  },
)
export type DeadLetters = Static<typeof DeadLetters>

/** Which dead letters to deal with. */
export const ChosenLetters = Type.Object(
  { queue: Queue, messageIds: MessageIds },
  {
    additionalProperties: false,
    examples: [{ queue: 'stock-reduction', messageIds: ['order.created:42'] }],
  },
)
export type ChosenLetters = Static<typeof ChosenLetters>

/** What became of them. */
export const DealtLetters = Type.Object(
  {
    done: Type.Array(Type.String(), { description: 'The ids of those that are gone.' }),
    stayed: Type.Array(Type.String(), { description: 'The ids of those that their queue did not take.' }),
    problems: Type.Array(Type.String(), {
      description: 'A sentence for each id that names none, or several.',
    }),
  },
  { examples: [{ done: ['order.created:42'], stayed: [], problems: [] }] },
)
export type DealtLetters = Static<typeof DealtLetters>
