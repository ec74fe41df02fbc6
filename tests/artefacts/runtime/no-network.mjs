import { Socket } from 'node:net'

/* Loaded into a process that has to do without the network: every attempt to connect ends it, with the reason. */

Socket.prototype.connect = function refuse(...target) {
  process.stderr.write(`Somebody wants the network: ${JSON.stringify(target)}\n`)
  process.exit(1)
}
