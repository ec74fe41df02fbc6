/** As `--param` and serverless.yml give it: a number, its text, or `none`. */
export type Reservation = number | string

/**
 * Reserves concurrency for functions: so many environments are theirs alone, and they get no more than these. The account's quota
 * has to have 100 left for all others.
 * @throws Error for a function that isn't there, and for a number that is none
 */
export function reserveConcurrency(
  functions: Record<string, { reservedConcurrency?: number }>,
  reservations: Record<string, Reservation>,
): void {
  for (const [name, reservation] of Object.entries(reservations)) {
    const definition = functions[name]
    if (!definition) throw new Error(`custom.concurrency names ${name}, which is no function.`)
    if (reservation === 'none') continue
    const environments = Number(reservation)
    // With 0 Lambda runs the function no more.
    if (!Number.isInteger(environments) || environments < 1) {
      throw new Error(`${name} can't have the concurrency ${reservation}: a number from 1 on, or none.`)
    }
    definition.reservedConcurrency = environments
  }
}
