import { outboxRows } from '../outbox-rows.ts'

export const { up, down } = outboxRows('orders')
