namespace Keywright.Examples;

/// <summary>
/// The main job at all five services, on the embedded sandbox: create a key, use it, see it in the
/// list, survive a rate limit, take it out of service, and watch the old secret being refused.
/// </summary>
internal static class Quickstart
{
    public static async Task Run()
    {
        using var sandbox = await Sandbox.StartAsync();
        Console.WriteLine("Five services on this machine: no account, no network, time is virtual.");

        var tenant = sandbox.Access("segops").TenantSlug!;
        (string Title, KeywrightClient Client, string Path)[] services =
        [
            ("Seclai", new SeclaiClient(sandbox.Seclai()), "/agents"),
            ("SegOps", new SegOpsClient(sandbox.Segops()).Account(tenant), "/api/segments/"),
            ("SidClaw", new SidClawClient(sandbox.Sidclaw()), "/api/v1/agents"),
            ("Seenty", new SeentyClient(sandbox.Seenty()), "/v1/monitors"),
            ("itellicoAI", new ItellicoAIClient(sandbox.Itellico()), "/v1/agents"),
        ];

        List<string[]> rows = [["Service", "Created", "Used", "Listed", "Rate limit", "Taken out", "Old secret"]];
        foreach (var (title, client, path) in services)
        {
            rows.Add(await MainJob(sandbox, title, client, path));
        }

        await RoutedToASubaccount(sandbox);
        Console.WriteLine();
        Show.Table(rows);
    }

    private static async Task<string[]> MainJob(Sandbox sandbox, string title, KeywrightClient client, string path)
    {
        Show.Title(title);

        // The secret is in the result and is never shown again: it would go into a vault here.
        var made = await client.Keys.CreateAsync(new CreateKey { Name = "quickstart" });
        Show.Line("keys.create", $"{made.Key.DisplayName} (secret received, {made.Secret.Expose().Length} characters)");

        using var user = client.WithKey(made.Secret);
        var answer = await user.GetAsync(path);
        Show.Line($"GET {path}", answer.Status);

        var listed = await Listed(client, made.Key.Id);
        Show.Line("keys.list", listed);

        var waited = await RateLimited(sandbox, user, path);
        Show.Line("429, Retry-After: 2", $"waited {waited}, then 200");

        var takenOut = await TakeOut(client, made.Key.Id);
        Show.Line(takenOut == "rotated" ? "keys.rotate" : "keys.retire", takenOut);

        var old = await Refused(user, path);
        Show.Line("the old secret", old);
        return [title, "yes", $"{answer.Status}", listed, $"waited {waited}", takenOut, old];
    }

    /// <summary>The key in the list, with its status and last use; SegOps documents no list and says so.</summary>
    private static async Task<string> Listed(KeywrightClient client, string id)
    {
        if (!client.Supports("keys.list"))
        {
            return "no list is documented";
        }

        await foreach (var key in client.Keys.ListAllAsync())
        {
            if (key.Id == id)
            {
                return $"{key.StatusLabel}, {(key.LastUsedAt is null ? "never used" : "used")}";
            }
        }

        return "missing";
    }

    /// <summary>The service says "too many requests"; the call waits as long as it is told and then succeeds.</summary>
    private static async Task<string> RateLimited(Sandbox sandbox, KeywrightClient user, string path)
    {
        sandbox.Fault(new
        {
            match = new { service = user.Service(), method = "GET" },
            phase = "before_handler",
            action = new { kind = "status", status = 429, headers = new Dictionary<string, string> { ["Retry-After"] = "2" } },
        });
        var answer = await user.GetAsync(path);
        return $"{(int)answer.Meta.Elapsed.TotalSeconds} s";
    }

    /// <summary>SidClaw gives the same key a new secret; elsewhere the key is retired in the service's own way.</summary>
    private static async Task<string> TakeOut(KeywrightClient client, string id)
    {
        if (client.Supports("keys.rotate"))
        {
            await client.Keys.RotateAsync(id);
            return "rotated";
        }

        var retired = await client.Keys.RetireAsync(id);
        return retired.Action switch { "archive" => "archived", "revoke" => "revoked", _ => "deleted" };
    }

    private static async Task<string> Refused(KeywrightClient user, string path)
    {
        try
        {
            return $"still works ({(await user.GetAsync(path)).Status})";
        }
        catch (UnauthenticatedException)
        {
            return "refused (401)";
        }
    }

    /// <summary>One key of a parent account reaches the accounts below it; the account stands in the path.</summary>
    private static async Task RoutedToASubaccount(Sandbox sandbox)
    {
        Show.Title("itellicoAI, a subaccount");
        using var parent = new ItellicoAIClient(sandbox.Itellico());
        using var client = parent.Account(sandbox.Access("itellico").SubaccountId!);
        var agents = await client.Agents.ListAsync();
        Show.Line("agents.list", $"{agents.Items.Count} of the subaccount");
        var made = await client.Keys.CreateAsync(new CreateKey { Name = "only for the subaccount" });
        Show.Line("keys.create", made.Key.DisplayName);
    }
}
