const unitMs = { s: 1000, m: 1, u: 1e-3, n: 1e-6 }

/**
 * What artillery's arrivals need of nanotimer, without its waiting. nanotimer looks at the clock in every turn of the
 * event loop until an interval of less than 25 ms is over, which takes a whole core: one of the two that the shop under
 * load has. This one sleeps, a millisecond at least, and makes up for what it has slept through, so that the rate is kept.
 */
class SteadyTimer {
  #sleep: NodeJS.Timeout | undefined

  /**
   * Calls `task` every `interval`, until it is cleared.
   * @param interval a number and its unit, `s`, `m` (ms), `u` (µs) or `n` (ns): `1000u`
   */
  setInterval(task: () => void, _args: unknown, interval: string): void {
    const stepMs = milliseconds(interval)
    const beganAt = performance.now()
    let calls = 0
    const wake = () => {
      this.#sleep = setTimeout(wake, 1)
      while (this.#sleep && performance.now() - beganAt >= (calls + 1) * stepMs) {
        calls += 1
        task()
      }
    }
    this.#sleep = setTimeout(wake, 1)
  }

  clearInterval(): void {
    clearTimeout(this.#sleep)
    this.#sleep = undefined
  }
}

/** @throws RangeError for what is no time */
function milliseconds(text: string): number {
  const value = Number(text.slice(0, -1)) * unitMs[text.at(-1) as keyof typeof unitMs]
  if (!(value > 0)) throw new RangeError(`${text} is no interval such as 1000u`)
  return value
}

/** The module itself for those who `require` it: https://nodejs.org/api/modules.html#loading-ecmascript-modules-using-require */
export { SteadyTimer, SteadyTimer as 'module.exports' }
