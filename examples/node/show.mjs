// How the examples print: aligned lines and a table, no more.

/** Prints the name of a section. */
export const title = (text) => console.log(`\n${text}`)

/** Prints one aligned line: what was done, and what came of it. */
export const line = (what, outcome) => console.log(`  ${what.padEnd(26)}${outcome}`)

/** Prints rows of text in aligned columns; the first is the head. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const printed = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd())
  printed.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '))
  console.log(printed.join('\n'))
}

/** A failure as kind and the service's own words, or the remedy where nothing was sent. */
export async function said(call) {
  try {
    await call
    return 'done'
  } catch (error) {
    return `${error.kind}: ${error.serviceMessage ?? error.remedy ?? ''}`
  }
}

/** What a call fails with; nothing when it does not. */
export async function failure(call) {
  try {
    await call
    return null
  } catch (error) {
    return error
  }
}
