"""One key, several accounts: where a service lets a parent's key reach the accounts below it.

This example is async: the same names, awaited.

`python 03_accounts.py`
"""

from __future__ import annotations

import asyncio

from keywright import AsyncItellicoAI, AsyncSegOps, KeywrightError
from keywright.sandbox import Sandbox
from show import line, title


async def main() -> None:
    with Sandbox() as sandbox:
        await in_the_path(sandbox)
        await in_the_body(sandbox)


async def in_the_path(sandbox: Sandbox) -> None:
    title("itellicoAI: the account stands in the path")
    async with AsyncItellicoAI(**sandbox.itellico()) as parent:
        subaccount = parent.account(sandbox.access("itellico").subaccount_id)
        # Calls that do not wait for each other are made together.
        above, me, below = await asyncio.gather(
            parent.agents.list(), parent.own_account().agents.list(), subaccount.agents.list()
        )
        line("the parent's agents", len(above.items))
        line('the same, by "me"', len(me.items))
        line("the subaccount's agents", len(below.items))
        line("a raw path is relative", (await subaccount.get("/agents")).status)

        made = await subaccount.keys.create(name="only here")
        only_here = subaccount.with_key(made.secret)
        line("a key of the subaccount", f"{(await only_here.agents.list()).meta.status} there")
        account = await parent.with_key(made.secret).account_settings.get()
        line("and above it", f"its own account: {str(account.id == made.key.account_id).lower()}")

        new = await parent.subaccounts.create({"name": "Customer 7"})
        customer = parent.account(new.id)
        line("a new subaccount", (await customer.account_settings.get()).name)
        line("keys of it", len([key async for key in customer.keys.list()]))
        try:
            parent.account("me")
        except KeywrightError as error:
            line("an id that is a word", error)


async def in_the_body(sandbox: Sandbox) -> None:
    title("SegOps: the tenant stands in the body")
    async with AsyncSegOps(**sandbox.segops()) as client:
        try:
            await client.keys.create(name="x")
        except KeywrightError as error:
            line("create without a tenant", error)
        made = await client.account(sandbox.access("segops").tenant_slug).keys.create(name="x")
        line("create with one", made.key.display_name)


if __name__ == "__main__":
    asyncio.run(main())
