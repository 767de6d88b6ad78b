using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright.Tests.Scenarios
{
    /// <summary>
    /// Plays a scenario in a world of its own. What no scenario says is checked always: no fault is left over,
    /// and no secret stands in anything that the client has shown.
    /// </summary>
    internal sealed class ScenarioRunner
    {
        private readonly Dictionary<string, object?> scenario;
        private readonly World world;
        private readonly OutputRecorder heard;
        private readonly Saved saved = new Saved();
        private readonly Dictionary<string, KeywrightClient> clients = new Dictionary<string, KeywrightClient>();
        private readonly List<(Step Step, List<Task<Outcome>> Calls)> behind = new List<(Step, List<Task<Outcome>>)>();
        private readonly List<string> secrets = new List<string>();
        private bool isHeld;

        private ScenarioRunner(Dictionary<string, object?> scenario, World world, OutputRecorder heard)
        {
            this.scenario = scenario;
            this.world = world;
            this.heard = heard;
            secrets.AddRange(world.Secrets);
            saved.Keep("world", world.HandedOut());
        }

        internal static async Task Run(Dictionary<string, object?> scenario)
        {
            using (var world = new World((string)scenario["service"]!, Tree.Map(scenario.GetValueOrDefault("sandbox"))))
            using (var heard = new OutputRecorder())
            {
                var play = new ScenarioRunner(scenario, world, heard);
                var number = 0;
                foreach (var step in (List<object?>)scenario["steps"]!)
                {
                    number++;
                    try
                    {
                        await play.Go(new Step(Tree.Map(step)));
                    }
                    catch (Exception error)
                    {
                        throw new ScenarioException($"step {number}: {error.Message}");
                    }
                }

                await play.JoinBehind();
                play.End();
            }
        }

        private async Task Go(Step step)
        {
            var before = world.Clock.Elapsed();
            var outcomes = step.Name == "client.new" ? new List<Outcome> { Made(step) }
                : step.Name.StartsWith("sandbox.", StringComparison.Ordinal) || step.Name.StartsWith("clock.", StringComparison.Ordinal) ? Control(step)
                : await Calls(step);
            var took = (world.Clock.Elapsed() - before).TotalSeconds;
            outcomes.ForEach(outcome => Verify(step, outcome));
            if (step.Took is { } bounds && (took < bounds.Min || took > bounds.Max))
            {
                throw new ScenarioException($"{step.Name} took {took} s");
            }
        }

        private List<Outcome> Control(Step step)
        {
            world.Control(step.Name, saved.Members(step.With));
            return new List<Outcome>();
        }

        private Outcome Made(Step step)
        {
            try
            {
                Client(step);
                return new Outcome(Tree.Map());
            }
            catch (KeywrightException error)
            {
                heard.Error(error);
                return new Outcome(error);
            }
        }

        private async Task<List<Outcome>> Calls(Step step)
        {
            var made = Made(step);
            if (made.Error != null)
            {
                return new List<Outcome> { made };
            }

            var client = Client(step);
            var call = new Given(saved.Members(step.With));
            if (step.Cancel != null)
            {
                await Left(step, client);
                return new List<Outcome>();
            }

            if (step.IsBehind)
            {
                world.Clock.Hold();
                isHeld = true;
                var running = Enumerable.Range(0, step.Times).Select(_ => Call(step, client, default)).ToList();
                await Begun(client, step.Times, running);
                behind.Add((step, running));
                return new List<Outcome>();
            }

            var standing = Standing(client);
            var outcomes = new List<Outcome>();
            if (step.AtOnce)
            {
                outcomes.AddRange(await Task.WhenAll(Enumerable.Range(0, step.Times).Select(_ => Call(step, client, default))));
                return outcomes;
            }

            for (var time = 0; time < step.Times; time++)
            {
                var running = Call(step, client, default);
                if (isHeld)
                {
                    await Begun(client, standing + 1, new List<Task<Outcome>> { running });
                    isHeld = false;
                    world.Clock.Release();
                }

                outcomes.Add(await running);
            }

            return outcomes;
        }

        private async Task<Outcome> Call(Step step, KeywrightClient of, CancellationToken token)
        {
            try
            {
                using (var handle = Handle(of, step))
                {
                    return new Outcome(await new Drive(heard, token).Call(handle, step.Name, new Given(saved.Members(step.With))));
                }
            }
            catch (KeywrightException error)
            {
                heard.Error(error);
                return new Outcome(error);
            }
        }

        /// <summary>A handle for one call: another key, an account, options.</summary>
        private KeywrightClient Handle(KeywrightClient client, Step step)
        {
            var given = new Given(saved.Members(step.Options));
            var handle = client.WithOptions(new CallOptions
            {
                Timeout = given.Seconds("timeout"),
                AttemptTimeout = given.Seconds("attempt_timeout"),
                MaxAttempts = given.Count("max_attempts"),
                Throttle = given.Word<Throttle>("throttle", word => word.ToWord()),
                Priority = given.Word<Priority>("priority", word => word.ToWord()),
            });
            given.End();
            if (step.Key != null)
            {
                handle = handle.WithKey((string)saved.Resolve(step.Key)!);
            }

            return step.Account switch
            {
                null => handle,
                "me" => handle.OwnAccount(),
                _ => handle.Account(Tree.Plain(saved.Resolve(Tree.Map(step.Account)["id"]))),
            };
        }

        /// <summary>Makes a call whose caller leaves as soon as the service has the request.</summary>
        private async Task Left(Step step, KeywrightClient client)
        {
            int Seen() => world.Journal.Count(call => Fits(step.Cancel!, call));
            var before = Seen();
            using (var source = new CancellationTokenSource())
            using (world.Clock.Held())
            {
                // A clock that jumped would bring the answer before the caller has left.
                var running = Call(step, client, source.Token);
                await Until(() => Seen() > before || running.IsCompleted);
                source.Cancel();
                try
                {
                    await running;
                }
                catch (OperationCanceledException left) when (left.CancellationToken == source.Token)
                {
                    return;
                }

                throw new ScenarioException($"{step.Name} had ended before its caller could leave");
            }
        }

        private static long Standing(KeywrightClient client) => client.Throttle().Limiters.Sum(limiter => limiter.InFlight + limiter.Waiting);

        private static Task Begun(KeywrightClient client, long standing, List<Task<Outcome>> running) =>
            Until(() => Standing(client) >= standing || running.All(call => call.IsCompleted));

        private static async Task Until(Func<bool> condition)
        {
            for (var watch = Stopwatch.StartNew(); !condition();)
            {
                if (watch.Elapsed > TimeSpan.FromSeconds(20))
                {
                    throw new ScenarioException("what was to happen did not happen within 20 s");
                }

                await Task.Yield();
            }
        }

        private async Task JoinBehind()
        {
            if (isHeld)
            {
                isHeld = false;
                world.Clock.Release();
            }

            foreach (var (step, calls) in behind)
            {
                foreach (var outcome in await Task.WhenAll(calls))
                {
                    Verify(step, outcome);
                }
            }
        }

        private KeywrightClient Client(Step step)
        {
            var name = step.Client ?? string.Empty;
            if (!clients.TryGetValue(name, out var client))
            {
                var changes = step.Client is null ? scenario.GetValueOrDefault("client") : Tree.Map(scenario["clients"])[step.Client];
                client = world.Connect(saved.Members(changes), heard);
                clients[name] = client;
            }

            return client;
        }

        private void Verify(Step step, Outcome outcome)
        {
            var form = outcome.Error is null ? outcome.Form! : Forms.Of(outcome.Error);
            if (outcome.Error is null != step.Error is null)
            {
                throw new ScenarioException($"{step.Name} {(outcome.Error is null ? "succeeded, though it must fail" : "failed")}: {Tree.Text(form)}");
            }

            var differences = new Expect(saved).Differences(step.Error ?? step.Expect ?? Tree.Map(), form);
            if (differences.Count > 0)
            {
                throw new ScenarioException($"{step.Name}: {string.Join("\n", differences)}");
            }

            if (form.GetValueOrDefault("secret") is string secret)
            {
                secrets.Add(secret);
            }

            if (step.Save != null)
            {
                saved.Keep(step.Save, form);
            }
        }

        private void End()
        {
            var seen = world.Journal;
            var wrong = new List<string>();
            if (scenario.GetValueOrDefault("journal") is List<object?> due
                && !(due.Count == seen.Count && due.Zip(seen, (expected, call) => Fits((string)expected!, call)).All(fits => fits)))
            {
                wrong.Add($"the services saw {string.Join(", ", seen)} instead of {Tree.Text(due)}");
            }

            foreach (var count in (scenario.GetValueOrDefault("counts") as List<object?> ?? new List<object?>()).Select(Tree.Map))
            {
                var found = seen.Count(call => Fits((string)count["call"]!, call));
                long Bound(string name, long other) => count.GetValueOrDefault(name) as long? ?? other;
                if (found < Bound("times", Bound("at_least", 0)) || found > Bound("times", Bound("at_most", long.MaxValue)))
                {
                    wrong.Add($"{count["call"]} was seen {found} times, not as {Tree.Text(count)}");
                }
            }

            wrong.AddRange(heard.Leaked(secrets).Select(place => $"secret {place} of the run was shown"));
            clients.Values.ToList().ForEach(client => client.Dispose());
            world.Sandbox.Finish();
            if (wrong.Count > 0)
            {
                throw new ScenarioException("at the end: " + string.Join("\n", wrong));
            }
        }

        private static bool Fits(string expected, string seen)
        {
            var (due, parts) = (expected.Split('/'), seen.Split('/'));
            return due.Length == parts.Length && due.Zip(parts, (one, part) => one == part || (one == "*" && part.Length > 0)).All(fits => fits);
        }
    }

    /// <summary>How a call has ended: a form or an error.</summary>
    internal sealed class Outcome
    {
        internal Outcome(Dictionary<string, object?> form)
        {
            Form = form;
        }

        internal Outcome(KeywrightException error)
        {
            Error = error;
        }

        internal Dictionary<string, object?>? Form { get; }

        internal KeywrightException? Error { get; }
    }

    /// <summary>One call and what it must lead to; an unknown key is an error.</summary>
    internal sealed class Step
    {
        private static readonly string[] Known =
        {
            "do", "with", "key", "account", "client", "options", "expect", "error", "save", "times", "at_once", "took", "cancel", "background",
        };

        private readonly Dictionary<string, object?> step;

        internal Step(Dictionary<string, object?> step)
        {
            this.step = step;
            var unknown = step.Keys.Except(Known).FirstOrDefault();
            if (unknown != null)
            {
                throw new ScenarioException($"`{unknown}` is no part of a step");
            }
        }

        internal string Name => (string)step["do"]!;

        internal object? With => Get("with");

        internal object? Key => Get("key");

        internal object? Account => Get("account");

        internal string? Client => Get("client") as string;

        internal object? Options => Get("options");

        internal object? Expect => Get("expect");

        internal object? Error => Get("error");

        internal string? Save => Get("save") as string;

        internal int Times => Convert.ToInt32(Get("times") ?? 1, CultureInfo.InvariantCulture);

        internal bool AtOnce => Get("at_once") is true;

        internal bool IsBehind => Get("background") is true;

        internal string? Cancel => Get("cancel") as string;

        internal (double Min, double Max)? Took
        {
            get
            {
                if (!(Get("took") is Dictionary<string, object?> took))
                {
                    return null;
                }

                double Bound(string name, double other) => took.TryGetValue(name, out var value) ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : other;
                return (Bound("min", 0), Bound("max", double.PositiveInfinity));
            }
        }

        private object? Get(string name) => step.GetValueOrDefault(name);
    }
}
