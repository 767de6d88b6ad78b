// Runs the example that is named: `dotnet run 01_quickstart`.

using Keywright.Examples;

var examples = new Dictionary<string, Func<Task>>
{
    ["01_quickstart"] = Quickstart.Run,
    ["02_life_of_a_key"] = LifeOfAKey.Run,
    ["03_accounts"] = Accounts.Run,
    ["04_rate_limits"] = RateLimits.Run,
    ["05_errors"] = Errors.Run,
    ["06_your_own_service"] = YourOwnService.Run,
};
if (args is not [var name] || !examples.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"name one of: {string.Join(", ", examples.Keys)}");
    return 1;
}

await run();
return 0;
