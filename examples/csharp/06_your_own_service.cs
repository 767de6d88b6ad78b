namespace Keywright.Examples;

/// <summary>A sixth service from one file and no code. The sandbox serves it too.</summary>
internal static class YourOwnService
{
    public static async Task Run()
    {
        using var sandbox = await Sandbox.StartAsync();
        using var acme = Dialect.FromToml(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "acme.toml")));
        using var client = KeywrightClient.WithDialect(acme, sandbox.Acme());

        Show.Title("What the file says the service can do");
        var able = client.Capabilities().Where(capability => capability.Supported);
        List<string[]> rows = [["Operation", "Request", "How we know"]];
        rows.AddRange(able.Select(capability => new[] { capability.Name, capability.Http ?? "", capability.Source }));
        Show.Table(rows);

        Show.Title("And it does");
        var made = await client.Keys.CreateAsync(new CreateKey { Name = "mine" });
        Show.Line("keys.create", $"{made.Key.DisplayName} ({made.Key.StatusLabel})");
        using var user = client.WithKey(made.Secret);
        List<string?> names = [];
        await foreach (var thing in user.Resource("things").ListAllAsync())
        {
            names.Add(thing.Name);
        }

        Show.Line("things.list", string.Join(", ", names));
        using var other = user.Account("org_2");
        Show.Line("of another organization", (await Show.Failure(() => other.GetAsync("/v2/things")))?.Message);
        var retired = await client.Keys.RetireAsync(made.Key.Id);
        Show.Line("keys.retire", retired.Key?.StatusLabel ?? "gone");
        Show.Line("keys.rotate", (await Show.Failure(() => client.Keys.RotateAsync(made.Key.Id)))?.Message);
        Show.Line("the old token", (await Show.Failure(() => user.GetAsync("/v2/things")))?.ServiceMessage);
    }
}
