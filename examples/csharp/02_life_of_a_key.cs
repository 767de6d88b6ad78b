namespace Keywright.Examples;

/// <summary>One key through its whole life, at each service in that service's own way.</summary>
internal static class LifeOfAKey
{
    public static async Task Run()
    {
        using var sandbox = await Sandbox.StartAsync();
        await Seclai(sandbox);
        await SegOps(sandbox);
        await SidClaw(sandbox);
        await Seenty(sandbox);
        await Itellico(sandbox);
    }

    /// <summary>Used keys are archived, unused ones deleted; every call and every credit is on record.</summary>
    private static async Task Seclai(Sandbox sandbox)
    {
        Show.Title("Seclai");
        using var client = new SeclaiClient(sandbox.Seclai());
        var made = await client.Keys.CreateAsync();
        var id = made.Key.Id;
        Show.Line("create without a name", $"{made.Key.DisplayName} in lists, {made.Key.DisplayNameDetail} on its page");

        using var user = client.WithKey(made.Secret);
        var agents = await user.Agents.ListAsync();
        var agent = agents.Items[0].Id;
        var run = await user.Runs.CreateAsync(agent, new { input = "Analyze latest changes in main branch" });
        run = await user.Runs.WaitAsync(run.Id);
        Show.Line("run an agent and wait", $"{run.Status}, {run.Data["credits"]} credit");
        Show.Line("run without input", await Show.Said(user.PostAsync($"/agents/{agent}/runs", new RequestOptions { Json = "{}" })));

        await foreach (var call in client.Keys.CallsAllAsync(id, new CallsQuery { Method = "POST" }))
        {
            Show.Line("a call on record", $"{call.Method} {call.Endpoint.Replace(agent, "{id}")} {call.Status}");
        }

        // A report ends before "now"; the run has ended just now.
        sandbox.Clock().Advance(TimeSpan.FromMinutes(1));
        var usage = await client.Keys.UsageAsync(id, new UsageQuery { Range = "7d" });
        Show.Line("usage of 7 days", $"{usage.Total} credit in {usage.Slices.Count} slices of a {usage.Granularity}");
        Show.Line("rename", await Show.Said(client.Keys.UpdateAsync(id, new UpdateKey { Name = "better" })));
        Show.Line("delete", await Show.Said(client.Keys.DeleteAsync(id)));
        var archived = await client.Keys.ArchiveAsync(id);
        Show.Line("archive", $"{archived.StatusLabel}, still on record");
    }

    /// <summary>Keys are managed with a login and used with a scheme of their own; deleting revokes.</summary>
    private static async Task SegOps(Sandbox sandbox)
    {
        Show.Title("SegOps");
        using var login = new SegOpsClient(sandbox.Segops());
        using var client = login.Account(sandbox.Access("segops").TenantSlug!);
        var made = await client.Keys.CreateAsync(new CreateKey { Name = "Production Ingestor" });
        Show.Line("create (logs in first)", made.Key.DisplayName);

        using var user = client.WithKey(made.Secret);
        var one = await user.Events.TrackAsync(new { @event = "signed_up", user_id = "u_1" });
        Show.Line("track an event", $"queued: {one.Data["queued"].GetRawText()}");
        var events = Enumerable.Range(0, 1200).Select(n => new { @event = "seen", user_id = $"u_{n}" });
        var many = await user.Events.TrackBatchAsync(events);
        Show.Line("track 1200 at once", $"{many.Data["queued"].GetRawText()} queued, in parts of 500");

        Show.Line("list", await Show.Said(client.Keys.ListAsync()));
        await client.Keys.RevokeAsync(made.Key.Id);
        Show.Line("revoke (a delete)", await Show.Said(user.Events.TrackAsync(new { @event = "late", user_id = "u_1" })));
    }

    /// <summary>Keys have scopes, and rotate in place.</summary>
    private static async Task SidClaw(Sandbox sandbox)
    {
        Show.Title("SidClaw");
        using var client = new SidClawClient(sandbox.Sidclaw());
        var made = await client.Keys.CreateAsync(new CreateKey { Name = "Production SDK", Scopes = ["evaluate"] });
        Show.Line("create with a scope", string.Join(", ", made.Key.Scopes));

        using var user = client.WithKey(made.Secret);
        var action = new { operation = "read", target_integration = "crm", resource_scope = "contacts", data_classification = "internal" };
        var judged = await user.EvaluateAsync(action);
        Show.Line("evaluate", judged.Data["decision"]);
        Show.Line("read without the scope", await Show.Said(user.Agents.ListAsync()));

        var rotated = await client.Keys.RotateAsync(made.Key.Id);
        var (same, other) = (rotated.Key.Id == made.Key.Id, !rotated.Secret.Equals(made.Secret));
        Show.Line("rotate", $"same id: {Word(same)}, new secret: {Word(other)}");
        Show.Line("the old secret", await Show.Said(user.EvaluateAsync(action)));
        await client.Keys.DeleteAsync(made.Key.Id);
        Show.Line("delete", "gone");
    }

    /// <summary>Keys belong to the organization, expire by the clock, and are revoked for good.</summary>
    private static async Task Seenty(Sandbox sandbox)
    {
        Show.Title("Seenty");
        using var client = new SeentyClient(sandbox.Seenty());
        var made = await client.Keys.CreateAsync(new CreateKey { Name = "GitHub Actions CI", ExpiresAt = client.Now().AddDays(90) });
        var id = made.Key.Id;
        using var user = client.WithKey(made.Secret);
        Show.Line("create for 90 days", $"effective: {Word(made.Key.IsEffective)}");
        Show.Line("use", (await user.GetAsync("/v1/monitors")).Status);
        sandbox.Clock().Advance(TimeSpan.FromDays(91));
        var key = await client.Keys.GetAsync(id);
        Show.Line("91 days later", $"status still {key.StatusLabel}, effective: {Word(key.IsEffective)}");
        Show.Line("use", await Show.Said(user.GetAsync("/v1/monitors")));
        var revoked = await client.Keys.RevokeAsync(id);
        Show.Line("revoke", revoked.Key?.StatusLabel ?? "gone");
        Show.Line("reactivate", await Show.Said(client.Keys.ReactivateAsync(id)));
    }

    /// <summary>Revoking can be undone, label and expiry can change.</summary>
    private static async Task Itellico(Sandbox sandbox)
    {
        Show.Title("itellicoAI");
        using var client = new ItellicoAIClient(sandbox.Itellico());
        var made = await client.Keys.CreateAsync(new CreateKey { Name = "CI/CD - GitHub Actions" });
        var id = made.Key.Id;
        static string Shown(Key changed) => $"{changed.DisplayName}, expires: {Word(changed.ExpiresAt is not null)}";
        var change = new UpdateKey { Name = "CI/CD - GitLab", ExpiresAt = client.Now().AddDays(30) };
        Show.Line("update label and expiry", Shown(await client.Keys.UpdateAsync(id, change)));
        Show.Line("clear the expiry", Shown(await client.Keys.UpdateAsync(id, new UpdateKey { NeverExpires = true })));

        using var user = client.WithKey(made.Secret);
        await client.Keys.RevokeAsync(id);
        Show.Line("revoke", await Show.Said(user.Agents.ListAsync()));
        await client.Keys.ReactivateAsync(id);
        Show.Line("reactivate", $"{(await user.Agents.ListAsync()).Items.Count} agents");
        await client.Keys.DeleteAsync(id);
        Show.Line("delete", await Show.Said(client.Keys.GetAsync(id)));
    }

    private static string Word(bool value) => value ? "true" : "false";
}
