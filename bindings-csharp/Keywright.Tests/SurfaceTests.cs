using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Threading.Tasks;
using Keywright.Tests.Scenarios;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>The surface is whole, matches its native library, and shows no secret.</summary>
    public sealed class SurfaceTests
    {
        [Fact]
        public void Every_method_and_member_of_the_surface_is_there()
        {
            var surface = Tree.Map(Tree.Parse(File.ReadAllText(Path.Combine(Here.Root, "tests", "surface.json"))));
            var missing = new List<string>();
            void Need(Type? type, string name)
            {
                if (type is null || type.GetMember(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static).Length == 0)
                {
                    missing.Add($"{type}.{name}");
                }
            }

            foreach (var group in Maps(surface["groups"]))
            {
                var name = (string)group["name"]!;
                foreach (var method in Maps(group["methods"]))
                {
                    Need(Named(Pascal(name)), Pascal(((string)method["name"]!).Substring(name.Length + 1)) + "Async");
                }
            }

            foreach (var resource in Maps(surface["resources"]))
            {
                Need(typeof(KeywrightClient), Pascal((string)resource["name"]!));
            }

            var pages = new[] { "KeyPage", "ItemPage", "CallPage", "Pair", "ErrorInfo" };
            foreach (var record in Maps(surface["records"]).Where(record => !pages.Contains(record["name"])))
            {
                var name = (string)record["name"]! == "Activity" ? "UsageActivity" : (string)record["name"]!;
                Maps(record["fields"]).ToList().ForEach(field => Need(Named(name), Pascal((string)field["name"]!)));
            }

            Maps(surface["services"]).ToList().ForEach(service => Assert.NotNull(Named((string)service["csharp"]!)));
            Assert.Empty(missing);
        }

        [Fact]
        public void The_native_library_is_the_one_that_this_was_made_for()
        {
            using (Dialect.Builtin("seclai"))
            {
                var all = Checksums.All().ToList();
                Assert.True(all.Count > 80);
                Assert.Empty(all.Where(one => one.Found != one.Due).Select(one => one.Name));
            }
        }

        [Fact]
        public void A_native_library_of_another_version_is_refused_with_both_versions_named()
        {
            var refused = Assert.Throws<InvalidOperationException>(() => Library.Compare("9.9.9"));
            Assert.Contains("9.9.9", refused.Message);
            Assert.Contains(Native.Version, refused.Message);
            Assert.True(typeof(KeywrightClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.StartsWith(Native.Version, StringComparison.Ordinal));
        }

        [Fact]
        public void A_reference_that_is_not_passed_is_let_go_of()
        {
            using var counted = new Counted();
            using (var writer = Writer.Rent())
            {
                writer.Handle(counted);
                Assert.Throws<ConfigException>(() => writer.Text("a\ud83d", "name"));
            }

            Assert.Equal((1, 1), (counted.Copied, counted.Freed));
            using (var writer = Writer.Rent())
            {
                writer.Handle(counted);
                writer.Pass();
            }

            Assert.Equal((2, 1), (counted.Copied, counted.Freed));
        }

        [Fact]
        public async Task A_secret_shows_nowhere()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var made = await client.Keys.CreateAsync(new CreateKey { Name = "ci" });
            var text = made.Secret.Expose();
            var access = sandbox.Access("seclai");
            var all = new[]
            {
                $"{made}", $"{made.Secret}", $"{made.Key}", $"{access}", $"{sandbox.Seclai()}",
                string.Join(",", client.Describe()), string.Format("{0}", (object)made.Secret),
            };
            foreach (var shown in all)
            {
                Assert.DoesNotContain(text, shown);
                Assert.DoesNotContain(access.ApiKey!.Expose(), shown);
            }

            // As JSON it would be something else, and perhaps sent as that.
            foreach (var holds in new object[] { made, made.Secret, new { Options = made.Secret } })
            {
#if NET8_0_OR_GREATER
                Assert.DoesNotContain(text, Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(holds)).ToString());
#else
                Assert.DoesNotContain(text, JsonSerializer.Serialize(holds));
#endif
            }

            Assert.Equal("[secret]", made.Secret.ToString());
            Assert.Equal(8, made.Secret.Fingerprint().Length);
            Assert.True(made.Secret.Equals(new Secret(text)));
            Assert.Contains("[secret]", $"{made}");
            var refused = await Assert.ThrowsAsync<ConfigException>(() => client.Keys.GetAsync(text + "\ud800"));
            Assert.DoesNotContain(text, refused.ToString());
        }

        [Fact]
        public async Task Values_are_equal_by_what_they_say_and_not_by_how_they_came()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var made = await client.Keys.CreateAsync(new CreateKey { Name = "ci" });
            var (one, other) = (await client.Keys.GetAsync(made.Key.Id), await client.Keys.GetAsync(made.Key.Id));
            Assert.True(one.Equals(other));
            Assert.Equal(one.GetHashCode(), other.GetHashCode());
            Assert.NotNull(one.Meta);
            Assert.False(ReferenceEquals(one, other));
            Assert.False(one.Equals(null));
        }

        [Fact]
        public async Task Json_is_given_as_text_as_an_object_or_decoded()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var agent = (await client.Agents.ListAsync()).Items[0].Id;
            Assert.NotNull((await client.Runs.CreateAsync(agent, "{\"input\":\"a\"}")).Id);
            var wrong = await Assert.ThrowsAsync<ConfigException>(() => client.Runs.CreateAsync(agent, "{\"input\":"));
            Assert.Equal("json", wrong.Field);
#if NET8_0_OR_GREATER
            var run = await client.Runs.CreateAsync(agent, new { input = "a" });
            Assert.Equal(JsonValueKind.Object, run.Data.Element.ValueKind);
            Assert.True(run.Data.Element.EnumerateObject().Any(member => member.Value.ToString() == run.Id));
            using var document = JsonDocument.Parse("{\"input\":\"b\"}");
            Assert.NotNull((await client.Runs.CreateAsync(agent, document.RootElement)).Id);
#endif
        }

        [Fact]
        public async Task A_client_can_be_stood_in_for()
        {
            KeywrightClient client = new StandIn();
            Assert.Equal("me", (await client.MeAsync()).Id);
            var page = await client.Keys.ListAsync();
            Assert.Equal("k", page.Items.Single().Id);
            Assert.Throws<InvalidOperationException>(() => client.Supports("keys.list"));
        }

        [Fact]
        public void Numbers_that_make_no_sense_are_refused()
        {
            Assert.Equal("read_timeout", Assert.Throws<ConfigException>(() => new SeclaiClient(new ClientOptions { ApiKey = "sk-0123456789", ReadTimeout = TimeSpan.FromSeconds(-1) })).Field);
            Assert.Equal("max_attempts", Assert.Throws<ConfigException>(() => new SeclaiClient(new ClientOptions { ApiKey = "sk-0123456789", MaxAttempts = -1 })).Field);
            Assert.Equal("api_key", Assert.Throws<ConfigException>(() => new SeclaiClient("two\nlines")).Field);
            using var without = new SeclaiClient(new ClientOptions { ApiKey = "sk-0123456789", Timeout = System.Threading.Timeout.InfiniteTimeSpan });
            Assert.Equal("seclai", without.Service());
        }

        private static IEnumerable<Dictionary<string, object?>> Maps(object? list) => ((List<object?>)list!).Select(Tree.Map);

        private static Type? Named(string name) => typeof(KeywrightClient).Assembly.GetType("Keywright." + name);

        private static string Pascal(string name) => string.Concat(name.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));

        private sealed class StandIn : KeywrightClient
        {
            public override Keys Keys { get; } = new StandInKeys();

            public override Task<Item> MeAsync(System.Threading.CancellationToken cancellationToken = default) =>
                Task.FromResult(new Item(id: "me", data: "{}"));
        }

        private sealed class StandInKeys : Keys
        {
            public override Task<Page<Key>> ListAsync(int? pageSize = null, string? after = null, System.Threading.CancellationToken cancellationToken = default)
            {
                var meta = new Meta(status: 200, attempts: 1, elapsed: default, queued: default, ambiguous: false, partial: false);
                var key = new Key(
                    id: "k",
                    displayName: "k",
                    displayNameDetail: "k",
                    status: "active",
                    statusLabel: "Live",
                    isEffective: true,
                    scopes: Array.Empty<string>(),
                    allowedActions: Array.Empty<string>(),
                    toldMembers: new[] { KeyMember.Name },
                    data: "{}");
                return Task.FromResult(new Page<Key>(new[] { key }, meta));
            }
        }

        /// <summary>Stands for an object of the native library, and counts its references.</summary>
        private sealed unsafe class Counted : NativeHandle
        {
            internal Counted()
                : base(1, null)
            {
            }

            internal int Copied { get; private set; }

            internal int Freed { get; private set; }

            private protected override ulong Copy(ulong handle, RustCallStatus* status) => handle + (ulong)++Copied;

            private protected override void Free(ulong handle, RustCallStatus* status) => Freed++;
        }
    }
}
