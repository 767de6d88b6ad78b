using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>What a C# developer expects of a C# library.</summary>
    public sealed class IdiomTests
    {
        // SEC-74: the key alone makes a client; what the page prints in its place is refused by name.
        [Fact]
        public async Task The_printed_program_runs()
        {
            var refused = Assert.Throws<ConfigException>(() => new SeclaiClient("YOUR_API_KEY"));
            Assert.Contains("placeholder", refused.Message);
            using var alone = new SeclaiClient("sk-0123456789abcdef0123456789");
            Assert.Equal("https://api.seclai.com", alone.Describe().BaseUrl);
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var agents = await client.Agents.ListAsync();
            Assert.NotEmpty(agents.Items);
            Assert.Equal(200, agents.Meta.Status);
        }

        [Fact]
        public async Task A_list_is_walked_over_all_its_pages()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            for (var number = 0; number < 25; number++)
            {
                await client.Keys.CreateAsync(new CreateKey { Name = "key " + number });
            }

            var first = await client.Keys.ListAsync(pageSize: 10);
            Assert.Equal(10, first.Items.Count);
            Assert.True(first.HasNext);
            var walked = new List<string>();
            await foreach (var key in first)
            {
                walked.Add(key.Id);
            }

            var all = new List<string>();
            await foreach (var key in client.Keys.ListAllAsync(pageSize: 10))
            {
                all.Add(key.Id);
            }

            Assert.Equal(all, walked);
            Assert.True(all.Count >= 26);
            Assert.Equal(all.Count, all.Distinct().Count());
            var second = await first.NextPageAsync();
            Assert.NotNull(second);
            Assert.Equal(walked[10], second!.Items[0].Id);
        }

        [Fact]
        public async Task A_failure_has_the_class_of_its_kind_and_all_that_is_known()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var failed = await Assert.ThrowsAsync<NotFoundException>(() => client.Agents.GetAsync("nobody"));
            Assert.Equal(ErrorKind.NotFound, failed.Kind);
            Assert.Equal(404, failed.StatusCode);
            Assert.Equal("agents.get", failed.Operation);
            Assert.Equal(Outcome.Rejected, failed.Outcome);
            Assert.Single(failed.Attempts);
            Assert.Contains("agents.get", failed.Message);
            var wrong = await Assert.ThrowsAsync<ConfigException>(() => client.Keys.GetAsync("a\ud83d"));
            Assert.Equal("id", wrong.Field);
            Assert.Throws<ArgumentNullException>(() => { client.Keys.GetAsync(null!); });
        }

        [Fact]
        public async Task A_cancelled_call_is_cancelled_with_the_callers_token()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            using var source = new CancellationTokenSource();
            using (sandbox.Clock().Held())
            {
                sandbox.Fault("{\"match\":{\"service\":\"seclai\"},\"phase\":\"before_handler\",\"action\":{\"kind\":\"delay\",\"by\":\"PT10S\"}}");
                var call = client.Agents.ListAsync(cancellationToken: source.Token);
                while (sandbox.Journal().Count == 0)
                {
                    await Task.Yield();
                }

                source.Cancel();
                var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
                Assert.Equal(source.Token, cancelled.CancellationToken);
            }

            var before = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Agents.ListAsync(cancellationToken: source.Token));
            Assert.Equal(source.Token, before.CancellationToken);
        }
    }
}
