#if HAVE_XUNIT
using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>Keywright among the services of a program, where the packages of Microsoft can be had.</summary>
    public sealed class ExtensionsTests
    {
        [Fact]
        public async Task A_client_is_one_for_the_program_and_logs_its_events()
        {
            using var sandbox = await Sandbox.StartAsync();
            var lines = new Lines();
            var heard = 0;
            var given = sandbox.Seclai();
            await using var services = new ServiceCollection()
                .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(lines))
                .AddKeywrightClient(options => new SeclaiClient(options), (provider, options) =>
                {
                    options.BaseUrl = given.BaseUrl!;
                    options.ApiKey = given.ApiKey!;
                    options.Clock = given.Clock;
                    options.OnEvent = happened => heard++;
                })
                .BuildServiceProvider();
            var client = services.GetRequiredService<SeclaiClient>();
            Assert.Same(client, services.GetRequiredService<SeclaiClient>());
            await client.Agents.ListAsync();
            Assert.Equal(heard, lines.Written.Count);
            Assert.Contains("call_end", string.Join("\n", lines.Written));
            Assert.DoesNotContain(given.ApiKey!.Expose(), string.Join("\n", lines.Written));
        }

        private sealed class Lines : ILoggerProvider, ILogger
        {
            internal ConcurrentQueue<string> Written { get; } = new ConcurrentQueue<string>();

            public ILogger CreateLogger(string categoryName) => this;

            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                Written.Enqueue(formatter(state, exception));

            public void Dispose()
            {
            }
        }
    }
}
#endif
