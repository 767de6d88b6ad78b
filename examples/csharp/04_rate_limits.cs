namespace Keywright.Examples;

/// <summary>Under a rate limit: what is waited for, what is not, and what many callers do together.</summary>
internal static class RateLimits
{
    public static async Task Run()
    {
        using var sandbox = await Sandbox.StartAsync();
        var asked = TimeSpan.Zero;
        var options = sandbox.Seclai();
        options.OnEvent = happened => asked += happened.Name == "throttled" ? happened.Duration ?? default : default;
        using var client = new SeclaiClient(options);

        Show.Title("One call and Retry-After: 7");
        ThrottleNext(sandbox, "7");
        var answer = await client.GetAsync("/agents");
        Show.Line("the service asked for", $"{(int)asked.TotalSeconds} s");
        Show.Line("the call", $"{answer.Status} after {answer.Meta.Attempts} requests and {(int)answer.Meta.Elapsed.TotalSeconds} s");

        Show.Title("The same, with 5 s for the whole call");
        ThrottleNext(sandbox, "7");
        using var hurried = client.WithOptions(new CallOptions { Timeout = TimeSpan.FromSeconds(5) });
        await Report(hurried);

        Show.Title("The limiter is closed, and this call may not wait");
        using var unwilling = client.WithOptions(new CallOptions { Throttle = Throttle.Fail });
        await Report(unwilling);

        Show.Title("Retry-After above a minute is told, not slept");
        sandbox.Clock().Advance(TimeSpan.FromMinutes(1));
        ThrottleNext(sandbox, "3600");
        await Report(client);
    }

    private static void ThrottleNext(Sandbox sandbox, string retryAfter) => sandbox.Fault(new
    {
        match = new { service = "seclai", method = "GET" },
        phase = "before_handler",
        times = 1,
        action = new { kind = "status", status = 429, headers = new Dictionary<string, string> { ["Retry-After"] = retryAfter } },
    });

    private static async Task Report(KeywrightClient client)
    {
        try
        {
            Show.Line("the call", (await client.GetAsync("/agents")).Status);
        }
        catch (KeywrightException error)
        {
            Show.Line("the call", $"{error.Kind.ToWord()}, stopped by {error.Stop?.ToWord() ?? "nothing"}");
            Show.Line("come back in", $"{(int)(error.RetryAfter ?? default).TotalSeconds} s");
            Show.Line("requests sent", error.Attempts.Count);
        }
    }
}
