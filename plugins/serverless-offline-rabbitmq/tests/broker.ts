import { randomUUID } from 'node:crypto'

/** The RabbitMQ that the tests use: TEST_RABBITMQ_URL, else the one of this machine. */
export const brokerUrl = process.env.TEST_RABBITMQ_URL || 'amqp://guest:guest@localhost:5672'

/** Its virtual host, which other tests may use too: queues have names of their own. */
export const virtualHost = decodeURIComponent(new URL(brokerUrl).pathname.slice(1)) || '/'

export const ownQueue = () => `emulator-test-${randomUUID()}`
