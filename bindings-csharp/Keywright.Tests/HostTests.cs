using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>What the core asks of the program: keys, a place for secrets, an ear.</summary>
    public sealed class HostTests
    {
        [Fact]
        public async Task Every_call_asks_the_provider_and_may_get_another_key()
        {
            using var sandbox = await Sandbox.StartAsync();
            var key = sandbox.Seclai().ApiKey!.Expose();
            var asked = 0;
            var options = new ClientOptions
            {
                KeyProvider = async token =>
                {
                    await Task.Yield();
                    return Interlocked.Increment(ref asked) == 1 ? key : "sk-another-key-that-nobody-knows";
                },
            };
            using var client = new SeclaiClient(sandbox.Seclai(options));
            Assert.NotEmpty((await client.Agents.ListAsync()).Items);
            await Assert.ThrowsAsync<UnauthenticatedException>(() => client.Agents.ListAsync());
            Assert.True(asked >= 2);
        }

        [Fact]
        public async Task What_the_provider_fails_with_is_the_cause()
        {
            using var sandbox = await Sandbox.StartAsync();
            var mine = new TimeoutException("the vault is closed");
            using var client = new SeclaiClient(sandbox.Seclai(new ClientOptions { KeyProvider = token => throw mine }));
            var failed = await Assert.ThrowsAnyAsync<KeywrightException>(() => client.Agents.ListAsync());
            Assert.Same(mine, failed.InnerException);
            Assert.DoesNotContain("vault", failed.Message);
        }

        [Fact]
        public async Task A_provider_may_use_another_client()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var vault = new SeclaiClient(sandbox.Seclai());
            var options = new ClientOptions { KeyProvider = async token => (await vault.Keys.CreateAsync(cancellationToken: token)).Secret.Expose() };
            using var client = new SeclaiClient(sandbox.Seclai(options));
            var pages = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.Agents.ListAsync()));
            Assert.Equal(20, pages.Length);
        }

        [Fact]
        public async Task The_events_of_a_call_are_heard_before_it_ends()
        {
            using var sandbox = await Sandbox.StartAsync();
            var options = sandbox.Seclai();
            var heard = new List<string>();
            options.OnEvent = happened => heard.Add(happened.Name);
            using var client = new SeclaiClient(options);
            for (var call = 1; call <= 200; call++)
            {
                await client.Agents.ListAsync();
                Assert.Equal(call, heard.Count(name => name == "call_end"));
            }

            await Assert.ThrowsAsync<NotFoundException>(() => client.Agents.GetAsync("nobody"));
            Assert.Equal(201, heard.Count(name => name == "call_end"));
            Assert.Equal(201, heard.Count(name => name == "call_start"));
        }

        [Fact]
        public async Task The_events_of_many_calls_come_one_at_a_time()
        {
            using var sandbox = await Sandbox.StartAsync();
            var options = sandbox.Seclai();
            int inside = 0, most = 0, ends = 0;
            options.OnEvent = happened =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                ends += happened.Name == "call_end" ? 1 : 0;
                Interlocked.Decrement(ref inside);
            };
            using var client = new SeclaiClient(options);
            await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => client.Agents.ListAsync()));
            Assert.Equal(1, most);
            Assert.Equal(500, ends);
        }

        [Fact]
        public async Task A_listener_that_fails_does_not_fail_the_call()
        {
            using var sandbox = await Sandbox.StartAsync();
            var options = sandbox.Seclai();
            options.OnEvent = happened => throw new InvalidOperationException("deaf");
            using var client = new SeclaiClient(options);
            Assert.NotEmpty((await client.Agents.ListAsync()).Items);
        }

        [Fact]
        public async Task Every_secret_goes_to_the_function_of_its_own_call()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var stored = new ConcurrentDictionary<int, string>();
            var made = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => client.Keys.CreateAsync(
                new CreateKey { Name = "k" + number },
                new Delivery
                {
                    Deliver = async (secret, token) =>
                    {
                        await Task.Yield();
                        stored[number] = secret.Expose();
                    },
                })));
            for (var number = 0; number < made.Length; number++)
            {
                Assert.Equal(made[number].Secret.Expose(), stored[number]);
            }
        }

        [Fact]
        public async Task A_key_that_cannot_be_stored_is_discarded()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var mine = new TimeoutException();
            var delivery = new Delivery { Deliver = (secret, token) => Task.FromException(mine) };
            var failed = await Assert.ThrowsAsync<CancelledCallException>(() => client.Keys.CreateAsync(new CreateKey { Name = "lost" }, delivery));
            Assert.Equal("not_delivered", failed.Reason);
            Assert.Same(mine, failed.InnerException);
            var names = new List<string?>();
            await foreach (var key in client.Keys.ListAllAsync())
            {
                names.Add(key.Name);
            }

            Assert.False(names.Contains("lost"));
        }
    }
}
