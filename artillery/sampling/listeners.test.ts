import { describe, expect, it } from '@jest/globals'
import { socketsIn } from './listeners.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1 0 100 0 0 10 0
   1: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 102 1 0 20 4 30 10 -1
   2: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 103 1 0 100 0 0 10 0
   3: 0100007F:D431 0100007F:1538 01 00000000:00000000 00:00000000 00000000     0        0 104 1 0 20 4 30 10 -1
`

describe('the table of sockets', () => {
  it('tells who listens on a port, and not who is connected', () => {
    expect(socketsIn(table, 3000)).toEqual(['101'])
  })

  it('tells nobody for a port on which nobody listens', () => {
    expect(socketsIn(table, 3001)).toEqual([])
  })
})
