namespace Keywright.Examples;

/// <summary>One key, several accounts: where a service lets a parent's key reach the accounts below it.</summary>
internal static class Accounts
{
    public static async Task Run()
    {
        using var sandbox = await Sandbox.StartAsync();

        Show.Title("itellicoAI: the account stands in the path");
        using var parent = new ItellicoAIClient(sandbox.Itellico());
        using var subaccount = parent.Account(sandbox.Access("itellico").SubaccountId!);
        using var own = parent.OwnAccount();
        Show.Line("the parent's agents", await Count(parent));
        Show.Line("the same, by \"me\"", await Count(own));
        Show.Line("the subaccount's agents", await Count(subaccount));
        Show.Line("a raw path is relative", (await subaccount.GetAsync("/agents")).Status);

        var made = await subaccount.Keys.CreateAsync(new CreateKey { Name = "only here" });
        using var onlyHere = subaccount.WithKey(made.Secret);
        Show.Line("a key of the subaccount", $"{(await onlyHere.Agents.ListAsync()).Meta.Status} there");
        using var upward = parent.WithKey(made.Secret);
        var account = await upward.AccountSettings.GetAsync();
        Show.Line("and above it", $"its own account: {(account.Id == made.Key.AccountId ? "true" : "false")}");
        var added = await parent.Subaccounts.CreateAsync(new { name = "Customer 7" });
        using var customer = parent.Account(added.Id);
        Show.Line("a new subaccount", (await customer.AccountSettings.GetAsync()).Name);
        Show.Line("keys of it", (await customer.Keys.ListAsync()).Items.Count);
        var wrong = await Show.Failure(() => Task.FromResult(parent.Account("me")));
        Show.Line("an id that is a word", wrong?.Message);

        Show.Title("SegOps: the tenant stands in the body");
        using var client = new SegOpsClient(sandbox.Segops());
        var without = await Show.Failure(() => client.Keys.CreateAsync(new CreateKey { Name = "x" }));
        Show.Line("create without a tenant", without?.Message);
        using var tenant = client.Account(sandbox.Access("segops").TenantSlug!);
        var ofTenant = await tenant.Keys.CreateAsync(new CreateKey { Name = "x" });
        Show.Line("create with one", ofTenant.Key.DisplayName);
    }

    private static async Task<int> Count(KeywrightClient client) => (await client.Agents.ListAsync()).Items.Count;
}
