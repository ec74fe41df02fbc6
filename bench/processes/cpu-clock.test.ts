import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from '@jest/globals'
import { cpuClock } from './cpu-clock.ts'

const nowhere = {
  database: 'postgres://127.0.0.1:1',
  redis: 'redis://127.0.0.1:1',
  rabbitmq: 'amqp://127.0.0.1:1',
}

it('counts no less than nothing when a process below the shop has ended meanwhile', async () => {
  const busyChild = 'setTimeout(process.exit, 2 ** 30); while (process.cpuUsage().user < 500_000);'
  const parent = spawn(process.execPath, [
    '-e',
    `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(`${busyChild} console.log('busy')`)}])
     child.stdout.once('data', () => console.log('begin'))
     process.stdin.once('data', () => child.kill('SIGKILL'))
     child.once('exit', () => console.log('ended'))`,
  ])
  try {
    await once(parent.stdout, 'data')
    const clock = cpuClock([parent.pid as number], nowhere)

    parent.stdin.write('end it')
    await once(parent.stdout, 'data')

    expect(clock().get('shop')).toBeGreaterThanOrEqual(0)
  } finally {
    parent.kill('SIGKILL')
  }
})
