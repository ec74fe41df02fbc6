/** Milliseconds that a service gets to show that it can be used: a machine at its limit answers late, a firewall never. */
export const answerWithinMs = 20_000
