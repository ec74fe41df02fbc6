import { outboxTraceparent } from '../outbox-traceparent.ts'

export const { up, down } = outboxTraceparent('orders')
