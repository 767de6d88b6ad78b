namespace Keywright.Examples;

/// <summary>What can go wrong, how it looks, and what to do about each kind.</summary>
internal static class Errors
{
    public static async Task Run()
    {
        using var sandbox = await Sandbox.StartAsync();
        using var client = new SeclaiClient(sandbox.Seclai());
        var keys = client.Keys;
        var made = await keys.CreateAsync(new CreateKey { Name = "used" });
        using var user = client.WithKey(made.Secret);
        await user.GetAsync("/agents");

        Console.WriteLine("Before anything is sent");
        await Print(() => Task.FromResult(new SegOpsClient("pk_live_x")));
        await Print(() => Task.FromResult(new SeclaiClient("two\nlines")));
        await Print(() => keys.GetAsync("../agents"));
        await Print(() => keys.ListAsync(pageSize: 7));
        await Print(() => keys.UpdateAsync(made.Key.Id, new UpdateKey { Name = "x" }));

        Console.WriteLine("\nWhat the service refuses");
        await Print(() => keys.DeleteAsync(made.Key.Id));
        await Print(() => client.Agents.GetAsync("nobody"));
        using var stranger = client.WithKey("sk-not-a-real-key-at-all");
        await Print(() => stranger.GetAsync("/agents"));

        Console.WriteLine("\nWhat may or may not have happened");
        Fault(sandbox, "POST", "after_commit", new { kind = "reset" });
        await Print(() => keys.CreateAsync(new CreateKey { Name = "lost" }));
        Fault(sandbox, "GET", "before_handler", new { kind = "status", status = 503 }, times: 4);
        await Print(() => client.GetAsync("/agents"));
        Fault(sandbox, "GET", "before_handler", new { kind = "delay", by = "PT90S" });
        using var once = client.WithOptions(new CallOptions { AttemptTimeout = TimeSpan.FromSeconds(30), MaxAttempts = 1 });
        await Print(() => once.GetAsync("/agents"));

        Console.WriteLine("\nWhat is not an answer of the service");
        Fault(sandbox, "GET", "before_handler", new { kind = "status", status = 200, body = "<html>Log in</html>" });
        await Print(() => client.Agents.ListAsync());
        var headers = new { Location = "https://evil.example/?q=1" };
        Fault(sandbox, "GET", "before_handler", new { kind = "status", status = 302, headers });
        await Print(() => client.GetAsync("/agents"));
    }

    private static void Fault(Sandbox sandbox, string method, string phase, object action, int? times = null)
    {
        var match = new { service = "seclai", method };
        sandbox.Fault(times is null ? new { match, phase, action } : (object)new { match, phase, action, times });
    }

    /// <summary>One line for a program, one for a person.</summary>
    private static async Task Print(Func<Task> call)
    {
        if (await Show.Failure(call) is not { } error)
        {
            Console.WriteLine("  ok");
            return;
        }

        Console.WriteLine($"  {error.Kind.ToWord()} outcome {error.Outcome.ToWord()} {error.Reason}");
        Console.WriteLine($"      {Plain(error)}");
    }

    /// <summary>The sentence without what differs from run to run.</summary>
    private static string Plain(KeywrightException error)
    {
        var text = error.Candidates.Aggregate(error.Message, (text, id) => text.Replace(id, "KEY_ID"));
        return error.RequestId is null ? text : text.Replace(error.RequestId, "ID");
    }
}
