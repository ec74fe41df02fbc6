const whole = new Intl.NumberFormat('en-US')
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

export const count = (value) => whole.format(value)
export const price = (value) => money.format(value)
export const time = (iso) => clock.format(new Date(iso))
export const pieces = (value) => `${count(value)} ${value === 1 ? 'piece' : 'pieces'}`

/** A time span in milliseconds, short. */
export function span(ms) {
  if (ms === null || ms === undefined) return '–'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}

/** Codes such as `insufficient-stock`, in words. */
export const words = (code) => (code ?? '').replaceAll('-', ' ')
