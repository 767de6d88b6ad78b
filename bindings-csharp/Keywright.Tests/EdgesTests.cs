using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>Where the package meets what is around it: panics, the environment, arguments that carry nothing.</summary>
    public sealed class EdgesTests
    {
        private const string ApiKey = "sk-0123456789abcdef0123456789abcdef";

        [Fact]
        public void A_panic_at_an_entry_point_is_an_internal_error()
        {
            Assert.Throws<InternalException>(() => KeywrightFunctions.ProvokePanic("now"));
        }

        [Fact]
        public async Task A_panic_on_the_io_thread_is_an_internal_error()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            KeywrightFunctions.ProvokePanic("call");
            await Assert.ThrowsAsync<InternalException>(() => client.Agents.ListAsync());
            Assert.NotEmpty((await client.Agents.ListAsync()).Items);
        }

        [Fact]
        public void The_environment_of_dotnet_counts()
        {
            Within(new Dictionary<string, string> { ["SECLAI_API_KEY"] = ApiKey, ["SECLAI_API_URL"] = "https://staging.seclai.test" }, () =>
            {
                using var client = new SeclaiClient();
                Assert.Equal("environment SECLAI_API_KEY", client.Describe().Credentials.Single().Origin);
                Assert.Equal("https://staging.seclai.test", client.Describe().BaseUrl);
                using var without = new SeclaiClient(new ClientOptions { Env = new Dictionary<string, string>() });
                Assert.Empty(without.Describe().Credentials);
            });
            using var after = new SeclaiClient();
            Assert.Empty(after.Describe().Credentials);
        }

        [Fact]
        public void The_environment_must_not_say_two_things_of_one_setting()
        {
            Within(new Dictionary<string, string> { ["ITELLICO_API_KEY"] = ApiKey, ["ITELLICOAI_API_KEY"] = ApiKey + "0" }, () =>
            {
                var error = Assert.Throws<ConfigException>(() => new ItellicoAIClient(new ClientOptions { Variant = "live" }));
                Assert.Contains("ITELLICO_API_KEY and ITELLICOAI_API_KEY differ", error.Message);
            });
        }

        [Fact]
        public void A_dialect_of_ones_own_names_its_variables()
        {
            using var dialect = Dialect.FromToml(File.ReadAllText(Path.Combine(Here.Root, "examples", "acme.toml")), new[] { "ACME_API_KEY" });
            Assert.Contains("ACME_API_KEY", dialect.Variables());
            Within(new Dictionary<string, string> { ["ACME_API_KEY"] = "acme_0123456789abcdef" }, () =>
            {
                using var client = KeywrightClient.WithDialect(dialect, new ClientOptions { BaseUrl = "https://acme.test", CheckKeyShape = false });
                Assert.Equal("environment ACME_API_KEY", client.Describe().Credentials.Single().Origin);
            });
        }

        [Fact]
        public void Nothing_is_no_key_and_no_address()
        {
            string? nothing = null;
            foreach (var (name, set) in new (string, Action<ClientOptions>)[]
            {
                ("ApiKey", options => options.ApiKey = nothing!),
                ("KeyProvider", options => options.KeyProvider = null!),
                ("Management", options => options.Management = nothing!),
                ("Email", options => options.Email = nothing!),
                ("Password", options => options.Password = nothing!),
                ("BaseUrl", options => options.BaseUrl = nothing!),
            })
            {
                var error = Assert.Throws<ArgumentNullException>(() => set(new ClientOptions()));
                Assert.Equal(name, error.ParamName);
                Assert.Contains("leave it out", error.Message);
            }

            using var client = new SeclaiClient(ApiKey);
            Assert.Throws<ArgumentNullException>(() => client.WithKey(nothing!));
            Assert.Throws<ArgumentNullException>(() => new SeclaiClient(nothing!));
        }

        [Fact]
        public async Task What_is_given_takes_the_place_of_what_a_sandbox_hands_out()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var owner = new SeclaiClient(sandbox.Seclai());
            var made = await owner.Keys.CreateAsync(new CreateKey { Name = "ci", ExpiresAt = null });
            using var client = new SeclaiClient(sandbox.Seclai(new ClientOptions { ApiKey = made.Secret }));
            Assert.Equal(made.Secret.Fingerprint(), client.Describe().Credentials.Single().Digest);
            Assert.NotEmpty((await client.Agents.ListAsync()).Items);
        }

        [Fact]
        public async Task One_request_has_one_body()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var both = new RequestOptions { Json = "{}", Body = new byte[] { 1 } };
            Assert.Equal("body", (await Assert.ThrowsAsync<ConfigException>(() => client.PostAsync("/agents", both))).Field);
            Assert.Equal("body", Assert.Throws<ConfigException>(() => client.ToCurl("POST", "/agents", both)).Field);
            Assert.Equal("content_type", (await Assert.ThrowsAsync<ConfigException>(() => client.PostAsync("/agents", new RequestOptions { ContentType = "text/plain" }))).Field);
            Assert.Empty(sandbox.Journal());
        }

        [Fact]
        public void A_number_that_is_no_word_is_refused_by_name()
        {
            var error = Assert.Throws<ConfigException>(() => new SeclaiClient(new ClientOptions { ApiKey = ApiKey, Throttle = (Throttle)99 }));
            Assert.Equal("throttle", error.Field);
            Assert.Contains("`Throttle` is not known; use one of `Wait`, `Fail`", error.Message);
            Assert.Throws<ConfigException>(() => new SeclaiClient(new ClientOptions { ApiKey = ApiKey, Priority = (Priority)(-1) }));
        }

        [Fact]
        public void No_end_is_a_limit_where_there_may_be_none_and_refused_with_the_reason_elsewhere()
        {
            foreach (var set in new Action<ClientOptions>[]
            {
                options => options.ReadTimeout = Timeout.InfiniteTimeSpan,
                options => options.ConnectTimeout = Timeout.InfiniteTimeSpan,
                options => options.RetryBase = Timeout.InfiniteTimeSpan,
                options => options.MaxRetryAfter = Timeout.InfiniteTimeSpan,
            })
            {
                var options = new ClientOptions { ApiKey = ApiKey };
                set(options);
                var error = Assert.Throws<ConfigException>(() => new SeclaiClient(options));
                Assert.Contains("has no end", error.Message);
                Assert.DoesNotContain("negative", error.Message);
            }

            using var client = new SeclaiClient(new ClientOptions { ApiKey = ApiKey, Timeout = Timeout.InfiniteTimeSpan, AttemptTimeout = Timeout.InfiniteTimeSpan });
            Assert.Equal("seclai", client.Service());
        }

#if NET8_0_OR_GREATER
        [Fact]
        public void What_is_sent_as_json_is_what_it_holds()
        {
            var item = new Item(id: "a", data: "{\"id\":\"a\",\"deep\":[1,{\"b\":null}]}");
            Assert.Equal("{\"wrapped\":{\"id\":\"a\",\"deep\":[1,{\"b\":null}]}}", Json.From(new { wrapped = item.Data }).Text);
            Assert.Equal("null", Json.From(null).Text);
            Assert.Throws<NotSupportedException>(() => Json.From(new { token = new Secret(ApiKey) }));
            Assert.Throws<NotSupportedException>(() => Json.From(new[] { new Secret(ApiKey) }));
        }
#endif

        [Fact]
        public async Task Leaving_a_loop_over_a_stream_closes_its_connection()
        {
            using var sandbox = await Sandbox.StartAsync();
            using var client = new SeclaiClient(sandbox.Seclai());
            var agent = (await client.Agents.ListAsync()).Items[0].Id;
            var before = sandbox.Connections().Open;
            var stream = await client.Runs.StreamAsync(agent, "{\"input\":\"hello\"}");
            await foreach (var _ in stream)
            {
                break;
            }

            await foreach (var left in stream)
            {
                Assert.Fail(left.Event);
            }

            while (sandbox.Connections().Open > before)
            {
                await Task.Yield();
            }

            stream.Dispose();
        }

        private static void Within(Dictionary<string, string> environment, Action work)
        {
            foreach (var pair in environment)
            {
                Environment.SetEnvironmentVariable(pair.Key, pair.Value);
            }

            try
            {
                work();
            }
            finally
            {
                foreach (var name in environment.Keys)
                {
                    Environment.SetEnvironmentVariable(name, null);
                }
            }
        }
    }
}
