import type { Routes } from '@stockroom/http/route'
import { ChosenLetters, DeadLetters, DealtLetters } from './dead-letter.ts'

export const deadLetterRoutes = {
  listDeadLetters: {
    route: 'GET /admin/dead-letters',
    summary: 'Look at the dead letters',
    description: 'The messages that no consumer could handle, oldest first. They stay where they are.',
    responses: { 200: { description: 'The messages.', schema: DeadLetters } },
    errors: ['service-unavailable'],
    isForAdmins: true,
  },
  redriveDeadLetters: {
    route: 'POST /admin/dead-letters/redrive',
    summary: 'Put dead letters back into their queue',
    description: 'Their consumer gets them as if for the first time.',
    body: ChosenLetters,
    responses: { 200: { description: 'What became of them.', schema: DealtLetters } },
    errors: ['service-unavailable'],
    isForAdmins: true,
  },
  discardDeadLetters: {
    route: 'POST /admin/dead-letters/discard',
    summary: 'Put dead letters away for good',
    description: 'An order that such a message told of is announced again while it is pending.',
    body: ChosenLetters,
    responses: { 200: { description: 'What became of them.', schema: DealtLetters } },
    errors: ['service-unavailable'],
    isForAdmins: true,
  },
} satisfies Routes
