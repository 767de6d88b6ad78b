using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>
    /// A new key belongs to its caller only when its task is completed with it: created = received + discarded + kept, each
    /// one once. Callers leave at every moment around the answer. KEYWRIGHT_RACES says how often (500 unless given; 10,000
    /// for the full count).
    /// </summary>
    public sealed class TakenTests
    {
        private const int Gated = 100;
        private const int Batch = 500;
        private static readonly int Races = int.Parse(Environment.GetEnvironmentVariable("KEYWRIGHT_RACES") ?? "500");
        private static readonly AsyncLocal<string?> Tenant = new AsyncLocal<string?>();

        [Fact]
        public async Task Races_with_a_free_pool()
        {
            var random = new Random(1);
            var ends = new int[2];

            // Around the answer, which takes longer on a busy machine.
            var span = 20.0;
            for (var left = Races; left > 0; left -= Batch)
            {
                using var sandbox = await Sandbox.StartAsync();
                var account = await Account.Of(sandbox);
                using var client = account.Client();
                for (var race = 0; race < Math.Min(left, Batch); race++)
                {
                    using var stop = new CancellationTokenSource();
                    var until = Stopwatch.GetTimestamp() + (long)(random.NextDouble() * span * Stopwatch.Frequency / 1000);
                    var call = client.Keys.CreateAsync(new CreateKey { Name = "ci" }, null, stop.Token);
                    while (Stopwatch.GetTimestamp() < until && !call.IsCompleted)
                    {
                        await Task.Yield();
                    }

                    stop.Cancel();
                    var isReceived = await account.Receive(call);
                    span = isReceived ? Math.Max(span * 0.9, 1) : Math.Min(span * 1.1, 2000);
                }

                var (received, told) = await account.Settle();
                ends[0] += received;
                ends[1] += told;
            }

            Assert.True(ends[0] > 0 && ends[1] > 0, $"{ends[0]} {ends[1]}");
        }

        [Theory]
        [InlineData(false)]
        [InlineData(true)]
        public async Task Results_that_wait_for_a_thread_while_their_caller_leaves(bool keeps)
        {
            using var sandbox = await Sandbox.StartAsync();
            var account = await Account.Of(sandbox);
            using var client = account.Client();
            var delivery = new Delivery { OnCancel = keeps ? OnCancel.Keep : OnCancel.Discard };
            for (var n = 0; n < Gated; n++)
            {
                using var stop = new CancellationTokenSource();
                using var gate = new ManualResetEventSlim();
                var sent = account.Ended("POST");
                var call = client.Keys.CreateAsync(new CreateKey { Name = "ci" }, delivery, stop.Token);

                // No thread of the pool is free to take the answer.
                var busy = Enumerable.Range(0, 8).Select(_ => Task.Run(() => gate.Wait())).ToArray();
                SpinWait.SpinUntil(() => account.Ended("POST") > sent);
                stop.Cancel();
                gate.Set();
                await account.Receive(call);
                await Task.WhenAll(busy);
            }

            var (received, told) = await account.Settle(keeps);
            Assert.Equal(Gated, received + told);
            Assert.True(told > 0);
        }

        [Fact]
        public async Task A_function_that_stores_is_cancelled_with_its_call_and_its_key_discarded_or_kept()
        {
            // Many times: what was told may be on its way when the caller leaves.
            foreach (var endsWell in Enumerable.Range(0, 40).Select(round => round % 2 == 1))
            {
                using var sandbox = await Sandbox.StartAsync();
                var account = await Account.Of(sandbox);
                using var client = account.Client();
                using var stop = new CancellationTokenSource();
                var delivery = new Delivery
                {
                    Deliver = async (secret, token) =>
                    {
                        stop.Cancel();
                        try
                        {
                            await Task.Delay(Timeout.Infinite, token);
                        }
                        catch (OperationCanceledException) when (endsWell)
                        {
                        }
                    },
                };
                Assert.False(await account.Receive(client.Keys.CreateAsync(new CreateKey { Name = "ci" }, delivery, stop.Token)));
                Assert.Equal((0, 1), await account.Settle(endsWell));
            }
        }

        [Fact]
        public async Task What_is_told_after_the_client_was_disposed_of_is_heard()
        {
            using var sandbox = await Sandbox.StartAsync();
            var account = await Account.Of(sandbox);
            using var stop = new CancellationTokenSource();
            Task<CreatedKey> call;
            using (var client = account.Client())
            {
                call = client.Keys.CreateAsync(new CreateKey { Name = "ci" }, null, stop.Token);
                SpinWait.SpinUntil(() => account.Ended("POST") > 0);
                stop.Cancel();
            }

            await account.Receive(call);
            var (received, told) = await account.Settle();
            Assert.Equal(1, received + told);
        }

        [Fact]
        public async Task Each_of_many_callers_is_answered_in_its_own_context()
        {
            using var sandbox = await Sandbox.StartAsync();
            var key = sandbox.Seclai().ApiKey!;
            var options = new ClientOptions();
            var asked = new ConcurrentBag<string?>();
            var heard = new ConcurrentDictionary<string, ConcurrentBag<string?>>();
            var activities = new ConcurrentBag<string?>();
            options.KeyProvider = async token =>
            {
                var name = Tenant.Value;
                await Task.Yield();
                asked.Add(name == Tenant.Value ? name : "another");
                activities.Add(Activity.Current?.OperationName);
                return name is null ? "sk-of-nobody-of-nobody-of-nobody" : key.Expose();
            };
            options.OnEvent = happened => heard.GetOrAdd(happened.Call, _ => new ConcurrentBag<string?>()).Add(Tenant.Value);
            using var client = new SeclaiClient(sandbox.Seclai(options));
            var names = Enumerable.Range(0, 100).Select(n => $"tenant {n:D3}").ToArray();
            await Task.WhenAll(names.Select(name => Task.Run(async () =>
            {
                Tenant.Value = name;
                var activity = new Activity(name).Start();
                await client.Agents.ListAsync();
                activity.Stop();
                Assert.Equal(name, Tenant.Value);
            })));
            Assert.Equal(names, asked.OrderBy(name => name, StringComparer.Ordinal));
            Assert.Equal(names, activities.OrderBy(name => name, StringComparer.Ordinal));
            Assert.Equal(names, heard.Values.Select(seen => Assert.Single(seen.Distinct())).OrderBy(name => name, StringComparer.Ordinal));
        }

        [Fact]
        public async Task What_is_done_after_a_caller_has_left_is_asked_in_its_context()
        {
            using var sandbox = await Sandbox.StartAsync();
            var account = await Account.Of(sandbox);
            var key = sandbox.Seclai().ApiKey!;
            var options = new ClientOptions();
            var asked = new ConcurrentBag<string?>();
            options.KeyProvider = token =>
            {
                asked.Add(Tenant.Value);
                return Task.FromResult(key.Expose());
            };
            options.OnEvent = account.Hear;
            using var client = new SeclaiClient(sandbox.Seclai(options));
            using var stop = new CancellationTokenSource();
            var call = Task.Run(() =>
            {
                Tenant.Value = "the one who left";
                return client.Keys.CreateAsync(new CreateKey { Name = "ci" }, null, stop.Token);
            });
            SpinWait.SpinUntil(() => account.Ended("POST") > 0);
            stop.Cancel();
            await account.Receive(call);
            await account.Settle();
            Assert.All(asked, name => Assert.Equal("the one who left", name));
            Assert.NotEmpty(asked);
        }

        /// <summary>What became of every key that a sandbox has made.</summary>
        private sealed class Account
        {
            private readonly Sandbox sandbox;
            private readonly ConcurrentQueue<string> told = new ConcurrentQueue<string>();
            private readonly List<string> received = new List<string>();
            private HashSet<string> before = new HashSet<string>();

            private Account(Sandbox sandbox)
            {
                this.sandbox = sandbox;
            }

            internal static async Task<Account> Of(Sandbox sandbox)
            {
                var account = new Account(sandbox);
                account.before = await account.Keys();
                return account;
            }

            internal SeclaiClient Client()
            {
                var options = sandbox.Seclai();
                options.OnEvent = Hear;
                return new SeclaiClient(options);
            }

            internal void Hear(Event happened)
            {
                if (happened.Name == "orphan_key")
                {
                    told.Enqueue(happened.KeyId!);
                }
            }

            internal int Ended(string method) => sandbox.Journal().Count(entry => entry.Method == method && (entry.Status == 201 || entry.Status == 204));

            internal async Task<bool> Receive(Task<CreatedKey> call)
            {
                try
                {
                    received.Add((await call).Key.Id);
                    return true;
                }
                catch (OperationCanceledException)
                {
                    return false;
                }
            }

            /// <summary>Waits until every key is accounted for, and checks the account: how many were received, and how many not.</summary>
            internal async Task<(int Received, int Told)> Settle(bool keeps = false)
            {
                Assert.True(SpinWait.SpinUntil(() => Ended("POST") == received.Count + told.Count, TimeSpan.FromSeconds(30)), $"created {Ended("POST")}, received {received.Count}, told {told.Count}");
                var left = await Keys();
                left.ExceptWith(before);
                var (mine, others) = (new HashSet<string>(received), new HashSet<string>(told));
                Assert.Equal((received.Count, told.Count), (mine.Count, others.Count));
                Assert.Empty(mine.Intersect(others));
                Assert.True(left.SetEquals(keeps ? mine.Union(others) : mine));
                Assert.Equal(keeps ? 0 : others.Count, Ended("DELETE"));
                return (mine.Count, others.Count);
            }

            private async Task<HashSet<string>> Keys()
            {
                using var client = new SeclaiClient(sandbox.Seclai());
                var keys = new HashSet<string>();
                await foreach (var key in client.Keys.ListAllAsync())
                {
                    keys.Add(key.Id);
                }

                return keys;
            }
        }
    }
}
