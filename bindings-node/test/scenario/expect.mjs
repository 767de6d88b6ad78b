// Compares a result with what a step expects, partially, and what was seen with the journal.
// A matcher that nobody knows is an error: `~nul` must not quietly be a text.

/** How a result differs from what is expected; empty when it fits. */
export function differs(expected, seen, saved, at = '') {
  if (typeof expected === 'string' && expected.startsWith('~')) {
    return fitsMatcher(expected.slice(1), seen ?? null, saved) ? [] : [`${at}: ${shown(seen)} does not fit ${expected}`]
  }
  if (isObject(expected) && isObject(seen)) {
    return Object.entries(expected).flatMap(([name, value]) => differs(value, seen[name], saved, `${at}/${name}`))
  }
  if (Array.isArray(expected) && Array.isArray(seen)) {
    const missing = expected.filter((value) => !seen.some((one) => differs(value, one, saved).length === 0))
    return missing.map((value) => `${at}: no element fits ${shown(value)} in ${shown(seen)}`)
  }
  if (seen !== undefined && same(saved.resolve(expected), seen)) return []
  return [`${at}: ${shown(seen)} instead of ${shown(expected)}`]
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const shown = (value) => (value === undefined ? 'nothing' : JSON.stringify(value))

/** Equality; ids also across text and number, since one service numbers its keys. */
function same(expected, seen) {
  if (typeof expected === 'number' && typeof seen === 'string') return String(expected) === seen
  if (typeof expected === 'string' && typeof seen === 'number') return expected === String(seen)
  if (expected === null || typeof expected !== 'object') return expected === seen
  if (seen === null || typeof seen !== 'object' || Array.isArray(expected) !== Array.isArray(seen)) return false
  const names = Object.keys(expected)
  return names.length === Object.keys(seen).length && names.every((name) => name in seen && same(expected[name], seen[name]))
}

function fitsMatcher(matcher, seen, saved) {
  const [word] = matcher.split(' ', 1)
  const rest = matcher.slice(word.length + 1)
  const text = typeof seen === 'string' ? seen : undefined
  const number = () => {
    if (!/^\d+$/.test(rest)) throw new Error(`\`~${matcher}\` has no number`)
    return Number(rest)
  }
  switch (word) {
    case 'any': return seen !== null
    case 'null': return seen === null
    case 'time': return text !== undefined && /^\d{4}-\d\d-\d\dT.*Z$/.test(text) && text.length >= 20
    case 'starts': return text !== undefined && text.startsWith(rest)
    case 'ends': return text !== undefined && text.endsWith(rest)
    case 'has': return text !== undefined && text.includes(rest)
    case 'lacks': return lacks(rest, seen, saved)
    case 'length': return text !== undefined && [...text].length === number()
    case 'count': return Array.isArray(seen) && seen.length === number()
    case 'min': return Array.isArray(seen) && seen.length >= number()
    case 'first': return Array.isArray(seen) && seen.length > 0 && differs(table(rest), seen[0], saved).length === 0
    default: throw new Error(`\`~${matcher}\` is no matcher`)
  }
}

function lacks(what, seen, saved) {
  const found = saved.resolve(what)
  const text = typeof found === 'string' ? found : JSON.stringify(found)
  if (text === '') throw new Error('`~lacks` has nothing to look for')
  return !JSON.stringify(seen).includes(text)
}

/** The inline table of `~first { a = 1, b = "x" }`, as JSON. */
function table(text) {
  return JSON.parse(text.replace(/([{,]\s*)(\w+)\s*=/g, '$1"$2":'))
}

/** Whether a call that was seen is the one that is meant (`DELETE /api-keys/*`). */
export function fits(expected, seen) {
  const [due, parts] = [expected.split('/'), seen.split('/')]
  return due.length === parts.length && due.every((part, at) => part === parts[at] || (part === '*' && parts[at] !== ''))
}

/** What is wrong with all that the services have seen. */
export function journalDiffers(scenario, seen) {
  const wrong = []
  const { journal, counts = [] } = scenario
  if (journal !== undefined && !(journal.length === seen.length && journal.every((due, at) => fits(due, seen[at])))) {
    wrong.push(`the services saw ${shown(seen)} instead of ${shown(journal)}`)
  }
  for (const due of counts) {
    const count = seen.filter((one) => fits(due.call, one)).length
    const { times, at_least: least, at_most: most } = due
    const isBounded = times !== undefined || least !== undefined || most !== undefined
    if (!isBounded || (times ?? count) !== count || count < (least ?? 0) || count > (most ?? Infinity)) {
      wrong.push(`${due.call} was seen ${count} times, not as ${shown(due)}`)
    }
  }
  return wrong
}
