using System;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keywright
{
    /// <summary>Keywright among the services of a program.</summary>
    public static class KeywrightExtensions
    {
        private const string Category = "Keywright";

        /// <summary>
        /// Adds one client for the whole program; its events go to the program's logger, category <c>Keywright</c>.
        /// </summary>
        /// <typeparam name="TClient">The client, as <c>SeclaiClient</c>.</typeparam>
        /// <param name="services">The services of the program.</param>
        /// <param name="create">Makes the client, as <c>options => new SeclaiClient(options)</c>.</param>
        /// <param name="configure">Sets its options.</param>
        /// <returns>The services of the program.</returns>
        public static IServiceCollection AddKeywrightClient<TClient>(
            this IServiceCollection services,
            Func<ClientOptions, TClient> create,
            Action<IServiceProvider, ClientOptions>? configure = null)
            where TClient : KeywrightClient
        {
            _ = services ?? throw new ArgumentNullException(nameof(services));
            _ = create ?? throw new ArgumentNullException(nameof(create));

            return services.AddSingleton(provider =>
            {
                var options = new ClientOptions();
                configure?.Invoke(provider, options);
                if (provider.GetService(typeof(ILoggerFactory)) is ILoggerFactory loggers)
                {
                    options.UseLogger(loggers.CreateLogger(Category));
                }

                return create(options);
            });
        }

        /// <summary>Writes the events of a client to a logger; a function that hears them already goes on doing so.</summary>
        /// <param name="options">The options of the client.</param>
        /// <param name="logger">The logger.</param>
        /// <returns>The same options.</returns>
        public static ClientOptions UseLogger(this ClientOptions options, ILogger logger)
        {
            _ = options ?? throw new ArgumentNullException(nameof(options));
            _ = logger ?? throw new ArgumentNullException(nameof(logger));

            var before = options.OnEvent;
            options.OnEvent = happened =>
            {
                before?.Invoke(happened);
                Write(logger, happened);
            };
            return options;
        }

        private static void Write(ILogger logger, Event happened)
        {
            var level = happened.Name switch
            {
                "orphan_key" => LogLevel.Warning,
                "outcome_unknown" => LogLevel.Warning,
                "warning" => LogLevel.Warning,
                "throttled" => LogLevel.Information,
                _ => LogLevel.Debug,
            };
            if (logger.IsEnabled(level))
            {
                logger.Log(
                    level,
                    new EventId(0, happened.Name),
                    "{Service} {Operation} {Event}: attempt {Attempt}, status {Status}, {Duration}, {Error} {Outcome} {KeyId} {Detail} (call {Call})",
                    happened.Service,
                    happened.Operation,
                    happened.Name,
                    happened.Attempt,
                    happened.Status,
                    happened.Duration,
                    happened.Error?.ToWord(),
                    happened.Outcome?.ToWord(),
                    happened.KeyId,
                    happened.Detail,
                    happened.Call);
            }
        }
    }
}
