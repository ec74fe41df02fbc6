import { outboxMessageId } from '../outbox-message-id.ts'

export const { up, down } = outboxMessageId('products')
