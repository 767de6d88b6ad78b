using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Keywright;

// A typed list over loopback against HttpClient with source-generated System.Text.Json, in interleaved rounds; compare
// within a run only. Run by `cargo xtask bench csharp`.
var address = $"http://{Environment.GetEnvironmentVariable("KEYWRIGHT_SERVER")}";
const string key = "sk-0123456789abcdef0123456789abcdef";
var http = new Lazy<HttpClient>(() => new HttpClient { BaseAddress = new Uri(address), DefaultRequestHeaders = { { "X-API-Key", key } } });
var ours = new Lazy<SeclaiClient>(() => new SeclaiClient(new ClientOptions { BaseUrl = address, ApiKey = key }));

async Task Theirs()
{
    using var answer = await http.Value.GetStreamAsync("/agents");
    var list = await JsonSerializer.DeserializeAsync(answer, Context.Default.AgentList);
    if (list!.Data.Count != 10)
    {
        throw new InvalidOperationException("not ten");
    }
}

async Task Ours()
{
    if ((await ours.Value.Agents.ListAsync()).Items.Count != 10)
    {
        throw new InvalidOperationException("not ten");
    }
}

if (args is [var first])
{
    await (first switch { "http" => Theirs(), "keywright" => Ours(), _ => Task.CompletedTask });
    return;
}

(string Name, Func<Task> Call)[] peers = [("HttpClient + System.Text.Json", Theirs), ("Keywright", Ours)];
Console.WriteLine("| client | c=1 p50 us | c=1 CPU us | c=64 rps | c=64 CPU us |\n|---|---|---|---|---|");
var rounds = peers.ToDictionary(peer => peer.Name, _ => new List<double[]>());
for (var round = 0; round < 5; round++)
{
    foreach (var (name, call) in peers)
    {
        await Many(call, 64, 4000);
        var (p50, cpu) = await Alone(call, 3000);
        var (rps, busy) = await Many(call, 64, 30000);
        rounds[name].Add([p50, cpu, rps, busy]);
    }
}

// The first round is for the compiler.
foreach (var (name, measured) in rounds)
{
    double Median(int column) => measured.Skip(1).Select(one => one[column]).Order().ElementAt((measured.Count - 1) / 2);
    Console.WriteLine($"| {name} | {Median(0):F0} | {Median(1):F0} | {Median(2):F0} | {Median(3):F1} |");
}

Console.WriteLine("\nCold process to the first answer (median of 15):");
foreach (var what in new[] { "bare", "http", "keywright" })
{
    var took = Enumerable.Range(0, 15).Select(_ => Started(what)).Order().ElementAt(7);
    Console.WriteLine($"{what}: {took:F0} ms");
}

static double Started(string what)
{
    var began = Stopwatch.GetTimestamp();
    using var process = Process.Start(Environment.ProcessPath!, [typeof(AgentList).Assembly.Location, what]);
    process.WaitForExit();
    return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(began).TotalMilliseconds : throw new InvalidOperationException(what);
}

static async Task<(double P50, double Cpu)> Alone(Func<Task> call, int times)
{
    var took = new double[times];
    var before = Cpu();
    for (var n = 0; n < times; n++)
    {
        var began = Stopwatch.GetTimestamp();
        await call();
        took[n] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
    }

    var cpu = (Cpu() - before).TotalMicroseconds / times;
    Array.Sort(took);
    return (took[times / 2], cpu);
}

static async Task<(double Rps, double Cpu)> Many(Func<Task> call, int atOnce, int times)
{
    var (before, began, left) = (Cpu(), Stopwatch.GetTimestamp(), times);
    await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
    {
        while (Interlocked.Decrement(ref left) >= 0)
        {
            await call();
        }
    }));
    return (times / Stopwatch.GetElapsedTime(began).TotalSeconds, (Cpu() - before).TotalMicroseconds / times);
}

static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;

internal sealed record Agent(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt);

internal sealed record AgentList([property: JsonPropertyName("data")] List<Agent> Data);

[JsonSerializable(typeof(AgentList))]
internal sealed partial class Context : JsonSerializerContext;
