/** The cells of the row of a Markdown table that begins with `name`, without their padding; undefined when there is none. */
export const rowOf = (report: string, name: string): string[] | undefined =>
  report
    .split('\n')
    .find((line) => line.startsWith(`| ${name} `))
    ?.split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
