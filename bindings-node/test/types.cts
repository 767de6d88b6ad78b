// The same types by `require`. Compiled by `cargo xtask test node`, never run.

import keywright = require('keywright')

async function main(): Promise<void> {
  const sandbox = await keywright.Sandbox.start()
  const client: keywright.Seclai = new keywright.Seclai(sandbox.seclai())
  const page: keywright.Page<keywright.Key> = await client.keys.list()
  const id: string | undefined = page.items[0]?.id
  // @ts-expect-error no such name
  keywright.Sandbx
  console.log(id)
}
void main()
