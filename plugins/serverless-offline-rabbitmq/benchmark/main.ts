import { parseArgs } from 'node:util'
import { measureIdle } from './idle.ts'
import { measureThroughput } from './throughput.ts'

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env.RABBITMQ_URL || 'amqp://localhost:5672' },
    messages: { type: 'string', default: '200000' },
    'batch-size': { type: 'string', default: '100' },
    'idle-seconds': { type: 'string', default: '20' },
  },
})

const seconds = Number(values['idle-seconds'])
const idle = await measureIdle({ url: values.url, seconds })
console.log(`two empty queues polled for ${seconds} s: ${idle.toFixed(2)} % CPU`)

const batchSize = Number(values['batch-size'])
const throughput = await measureThroughput({ url: values.url, count: Number(values.messages), batchSize })
console.log(
  `${throughput.messages} messages of a quorum queue in batches of ${batchSize}, empty handler: ` +
    `${Math.round(throughput.perSecond)} messages/s, ${throughput.batches} batches, ` +
    `${throughput.cpuPercent.toFixed(0)} % CPU`,
)
