// References of a scenario: `$k.key.id` with its type, `${k.key.id}` inside a text.
// An unknown name is an error of the scenario, never an empty value.

export class Saved {
  #values = new Map()

  keep(name, value) {
    this.#values.set(name, value)
  }

  get(path) {
    const [first, ...rest] = path.split('.')
    let value = this.#values.get(first)
    for (const name of rest) value = value?.[name]
    if (value === undefined) throw new Error(`nothing is called ${path}`)
    return value
  }

  resolve(value) {
    if (typeof value === 'string') return this.#text(value)
    if (Array.isArray(value)) return value.map((one) => this.resolve(one))
    if (value === null || typeof value !== 'object') return value
    if (Object.keys(value).length === 2 && 'repeat' in value && 'of' in value) return repeated(value.repeat, this.resolve(value.of))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.resolve(one)]))
  }

  #text(text) {
    if (text.startsWith('$') && !text.startsWith('${')) return this.get(text.slice(1))
    return text.replace(/\$\{([^}]*)\}/g, (_, path) => {
      const value = this.get(path)
      return typeof value === 'string' ? value : JSON.stringify(value)
    })
  }
}

const repeated = (count, of) => (typeof of === 'string' ? of.repeat(count) : Array(count).fill(of))
