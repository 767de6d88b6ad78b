using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml;

namespace Keywright.Tests.Scenarios
{
    /// <summary>A world of its own for one scenario; all worlds of a test program share one sandbox.</summary>
    internal sealed class World : IDisposable
    {
        private static readonly Lazy<Sandbox> Shared = new Lazy<Sandbox>(() => Sandbox.Start());
        private readonly string service;
        private readonly SandboxAccess access;

        internal World(string service, Dictionary<string, object?> birth)
        {
            this.service = service;
            Sandbox = Shared.Value.World(new SandboxOptions
            {
                Seed = 1,
                Plan = birth.GetValueOrDefault("plan") as string,
                Variant = birth.GetValueOrDefault("variant") as string,
                Clock = birth.GetValueOrDefault("clock") as string,
            });
            access = Sandbox.Access(service);

            // The least chance, so waits are exact.
            Clock = access.Clock.Exact(0.0);
        }

        internal Sandbox Sandbox { get; }

        internal Clock Clock { get; }

        internal IReadOnlyList<string> Secrets =>
            new[] { access.ApiKey, access.Management, access.Password }.Where(secret => secret != null).Select(secret => secret!.Expose()).ToList();

        internal IReadOnlyList<string> Journal => Sandbox.Journal().Select(entry => $"{entry.Method} {entry.Path}").ToList();

        internal Dictionary<string, object?> HandedOut() => Tree.Map(
            "base_url", access.BaseUrl,
            "api_key", access.ApiKey?.Expose(),
            "management", access.Management?.Expose(),
            "email", access.Email,
            "password", access.Password?.Expose(),
            "agent_id", access.AgentId,
            "account_id", access.AccountId,
            "subaccount_id", access.SubaccountId,
            "tenant_slug", access.TenantSlug,
            "other_origin", Sandbox.Access(service == "seenty" ? "seclai" : "seenty").BaseUrl);

        /// <summary>Makes a client from what the sandbox hands out and what a scenario changes about it.</summary>
        internal KeywrightClient Connect(Dictionary<string, object?> changes, OutputRecorder heard)
        {
            var all = HandedOut().Where(pair => new[] { "base_url", "api_key", "management", "email", "password" }.Contains(pair.Key) && pair.Value != null)
                .ToDictionary(pair => pair.Key, pair => pair.Value);
            changes.ToList().ForEach(pair => all[pair.Key] = pair.Value);
            all = all.Where(pair => !Equals(pair.Value, "~none")).ToDictionary(pair => pair.Key, pair => pair.Value);
            if (all.ContainsKey("management"))
            {
                // An explicit managing key takes the place of the login, not a place beside it.
                all.Remove("email");
                all.Remove("password");
            }

            var given = new Given(all);
            var options = new ClientOptions
            {
                Clock = Clock,
                OnEvent = heard.Show,
                Env = given.Pairs("env") ?? new Dictionary<string, string>(),
                Variant = given.TextOrNone("variant"),
                Account = given.TextOrNone("account"),
                CheckKeyShape = given.Switch("check_key_shape"),
                AllowInsecureHttp = given.Flag("allow_insecure_http"),
                MaxAttempts = given.Count("max_attempts"),
                QueueLimit = given.Count("queue_limit"),
                MaxConnections = given.Count("max_connections"),
                Proxy = given.Word<Proxy>("proxy", word => word.ToWord()),
                Timeout = given.Seconds("timeout"),
                AttemptTimeout = given.Seconds("attempt_timeout"),
                Throttle = given.Word<Throttle>("throttle", word => word.ToWord()),
            };
            Set(given.TextOrNone("base_url"), text => options.BaseUrl = text);
            Set(given.TextOrNone("api_key"), text => options.ApiKey = text);
            Set(given.TextOrNone("management"), text => options.Management = text);
            Set(given.TextOrNone("email"), text => options.Email = text);
            Set(given.TextOrNone("password"), text => options.Password = text);
            given.End();
            var client = service == "acme" ? KeywrightClient.WithDialect(Acme(), options) : new KeywrightClient(service, options);
            heard.Show(client);
            heard.Show(client.Describe());
            return client;
        }

        /// <summary>Makes a control call: <c>clock.advance</c>, <c>sandbox.fault</c>.</summary>
        internal void Control(string name, Dictionary<string, object?> with)
        {
            string Text(string member) => (string)with[member]!;
            switch (name)
            {
                case "clock.advance":
                    Clock.Advance(XmlConvert.ToTimeSpan(Text("by")));
                    break;
                case "sandbox.fault":
                    Sandbox.Fault(Tree.Text(with));
                    break;
                case "sandbox.limit":
                    Sandbox.SetLimit(service, Convert.ToInt64(with["count"], CultureInfo.InvariantCulture), XmlConvert.ToTimeSpan(Text("per")),
                        with.TryGetValue("status", out var status) ? (int?)Convert.ToInt32(status, CultureInfo.InvariantCulture) : null,
                        with.TryGetValue("retry_after", out var retryAfter) ? (bool?)retryAfter : null);
                    break;
                case "sandbox.plan":
                    Sandbox.SetPlan(service, Text("plan"));
                    break;
                case "sandbox.credits":
                    Sandbox.SetCredits(service, Convert.ToDouble(with["credits"], CultureInfo.InvariantCulture));
                    break;
                case "sandbox.change":
                    Change(Text("table"), Tree.Map(with["where"]), Tree.Map(with["set"]));
                    break;
                case "sandbox.inactive":
                    Sandbox.SetActive(service, Text("account"), false);
                    break;
                default:
                    throw new ScenarioException($"{name} is no control call");
            }
        }

        public void Dispose()
        {
            Clock.Dispose();
            access.Clock.Dispose();
            Sandbox.Dispose();
        }

        private static Dialect Acme() => Dialect.FromToml(File.ReadAllText(Path.Combine(Here.Root, "examples", "acme.toml")));

        /// <summary>Changes rows of the service behind its back.</summary>
        private void Change(string table, Dictionary<string, object?> where, Dictionary<string, object?> set)
        {
            var state = Tree.Map(Tree.Parse(Sandbox.Fixtures().Text));
            var rows = ((List<object?>)state[table]!).Select(Tree.Map)
                .Where(row => Equals(row["service"], service) && where.All(pair => Tree.Text(row.GetValueOrDefault(pair.Key)) == Tree.Text(pair.Value)))
                .ToList();
            foreach (var row in rows)
            {
                set.ToList().ForEach(pair => row[pair.Key] = pair.Value);
            }

            if (rows.Count == 0)
            {
                throw new ScenarioException($"no row of `{table}` fits {Tree.Text(where)}");
            }

            Sandbox.LoadFixtures(Tree.Text(state));
        }

        /// <summary>A key or an address is given or left out, and never nothing.</summary>
        private static void Set(string? text, Action<string> set)
        {
            if (text != null)
            {
                set(text);
            }
        }
    }
}
