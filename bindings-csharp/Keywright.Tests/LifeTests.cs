using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>The life of clients and calls: their ends, races of ends, and what nobody ends.</summary>
    public sealed class LifeTests
    {
        private static int Times(int usual) =>
            (int)(usual * double.Parse(Environment.GetEnvironmentVariable("KEYWRIGHT_STRESS") ?? "1", System.Globalization.CultureInfo.InvariantCulture));

        [Fact]
        public async Task Calls_in_flight_survive_the_end_of_their_client()
        {
            using var sandbox = await Sandbox.StartAsync();
            var key = sandbox.Seclai().ApiKey!.Expose();
            var options = new ClientOptions
            {
                KeyProvider = async token =>
                {
                    await Task.Yield();
                    return key;
                },
            };
            var client = new SeclaiClient(sandbox.Seclai(options));
            var agents = client.Agents;
            var calls = Enumerable.Range(0, 50).Select(_ => agents.ListAsync()).ToList();
            client.Dispose();
            client.Dispose();
            foreach (var call in calls)
            {
                Assert.NotEmpty((await call).Items);
            }

            await Assert.ThrowsAsync<ObjectDisposedException>(() => agents.ListAsync());
            Assert.Throws<ObjectDisposedException>(() => client.Supports("keys.list"));
        }

        [Fact]
        public async Task Disposing_while_others_begin_calls_ends_each_in_one_of_two_ways()
        {
            using var sandbox = await Sandbox.StartAsync();
            for (var round = 0; round < 50; round++)
            {
                var options = sandbox.Seclai();
                options.OnEvent = happened => { };
                var client = new SeclaiClient(options);
                var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
                {
                    try
                    {
                        for (var call = 0; call < 5; call++)
                        {
                            await client.Keys.ReactivateAsync("k");
                        }
                    }
                    catch (UnsupportedException)
                    {
                    }
                    catch (ObjectDisposedException)
                    {
                    }
                })).ToList();
                client.Dispose();
                await Task.WhenAll(callers);
            }
        }

        [Fact]
        public async Task No_call_is_lost_when_its_end_and_its_cancellation_meet()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            int ended = 0, cancelled = 0;
            var total = Times(100_000);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
            {
                var chance = new Random(worker);
                for (var call = worker; call < total; call += 8)
                {
                    using var source = new CancellationTokenSource();
                    var running = client.Keys.ReactivateAsync("k", source.Token);
                    Thread.SpinWait(chance.Next(0, 2000));
                    source.Cancel();
                    try
                    {
                        await running;
                    }
                    catch (UnsupportedException)
                    {
                        Interlocked.Increment(ref ended);
                    }
                    catch (OperationCanceledException error) when (error.CancellationToken == source.Token)
                    {
                        Interlocked.Increment(ref cancelled);
                    }
                }
            })));
            Assert.Equal(total, ended + cancelled);
            Assert.True(ended > 0 && cancelled > 0, $"{ended} ended, {cancelled} cancelled: they have not met");
        }

        [Fact]
        public async Task One_token_for_many_calls_keeps_nothing_of_them()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            using var source = new CancellationTokenSource();
            for (var call = 0; call < 5000; call++)
            {
                await Assert.ThrowsAsync<UnsupportedException>(() => client.Keys.ReactivateAsync("k", source.Token));
            }

            source.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Agents.ListAsync(cancellationToken: source.Token));
        }

        [Fact]
        public async Task Ten_thousand_calls_wait_at_once()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var calls = Enumerable.Range(0, 10_000).Select(_ => client.Keys.ReactivateAsync("k")).ToList();
            await Assert.ThrowsAsync<UnsupportedException>(() => Task.WhenAll(calls));
            Assert.True(calls.All(call => call.IsFaulted));
        }

        [Fact]
        public async Task What_nobody_disposes_of_is_collected()
        {
            using var sandbox = await Sandbox.StartAsync();
            var left = new List<WeakReference>();
            for (var number = 0; number < 200; number++)
            {
                left.Add(await Abandon(sandbox));
            }

            for (var round = 0; round < 20 && left.Any(one => one.IsAlive); round++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Task.Yield();
            }

            Assert.True(left.Count(one => one.IsAlive) <= 2, $"{left.Count(one => one.IsAlive)} of {left.Count} are still there");
        }

        [Fact]
        public async Task The_collector_may_run_at_any_time()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            using var source = new CancellationTokenSource();
            var collector = Task.Run(() =>
            {
                for (var round = 0; round < 300 || !source.IsCancellationRequested; round++)
                {
                    GC.Collect();
                }
            });
            var pages = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => client.Agents.ListAsync()));
            source.Cancel();
            await collector;
            Assert.True(pages.All(page => page.Items.Count > 0));
        }

        [Fact]
        public async Task Memory_stays_flat()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            await Mixed(client, Times(20_000));
            var grown = new List<long>();
            for (var round = 0; round < 3; round++)
            {
                var before = Resident();
                await Mixed(client, Times(50_000));
                grown.Add(Resident() - before);
            }

            // What is lost is lost in every round; the collector takes more memory, or gives it back, in one.
            Assert.True(grown.Min() < 8_000, $"{string.Join(", ", grown)} kB more");
        }

        [Fact]
        public void A_program_with_one_thread_may_wait_for_a_call()
        {
            Exception? failed = null;
            var thread = new Thread(() =>
            {
                try
                {
                    SynchronizationContext.SetSynchronizationContext(new Deaf());
                    using var sandbox = Sandbox.Start();
                    var options = sandbox.Seclai();
                    options.OnEvent = happened => { };
                    using var client = new SeclaiClient(options);
                    Assert.NotEmpty(client.Agents.ListAsync().GetAwaiter().GetResult().Items);
                    Assert.NotNull(client.Keys.CreateAsync().GetAwaiter().GetResult().Secret);
                }
                catch (Exception error)
                {
                    failed = error;
                }
            });
            thread.Start();
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "it waits for ever");
            Assert.Null(failed);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static async Task<WeakReference> Abandon(Sandbox sandbox)
        {
            var heard = new List<Event>();
            var options = sandbox.Seclai();
            options.OnEvent = heard.Add;
            var client = new SeclaiClient(options);
            Assert.NotEmpty((await client.Agents.ListAsync()).Items);
            Assert.NotEmpty(heard);
            return new WeakReference(client);
        }

        private static async Task Mixed(KeywrightClient client, int times)
        {
            for (var call = 0; call < times; call++)
            {
                switch (call % 100)
                {
                    case 0:
                        Assert.NotEmpty((await client.Agents.ListAsync()).Items);
                        break;
                    case int kind when kind < 50:
                        Assert.True(client.Supports("keys.create"));
                        break;
                    default:
                        await Assert.ThrowsAsync<UnsupportedException>(() => client.Keys.ReactivateAsync("k"));
                        break;
                }
            }
        }

        /// <summary>What the process holds, in kB; 0 where the system does not tell.</summary>
        private static long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            const string Status = "/proc/self/status";
            if (!System.IO.File.Exists(Status))
            {
                return 0;
            }

            var line = System.IO.File.ReadLines(Status).First(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(new string(line.Where(char.IsDigit).ToArray()), System.Globalization.CultureInfo.InvariantCulture);
        }

        /// <summary>A thread that does nothing that is posted to it: whoever needs it waits for ever.</summary>
        private sealed class Deaf : SynchronizationContext
        {
            public override void Post(SendOrPostCallback d, object? state)
            {
            }
        }
    }
}
