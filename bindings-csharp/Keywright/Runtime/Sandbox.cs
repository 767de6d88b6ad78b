using System;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright
{
    /// <content>The sandbox as a test uses it.</content>
    public sealed partial class Sandbox
    {
        /// <summary>Starts and returns when it listens.</summary>
        /// <param name="options">What differs from the defaults.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <returns>The sandbox.</returns>
        /// <exception cref="KeywrightException">When an option makes no sense or the machine gives no port.</exception>
        public static Task<Sandbox> StartAsync(SandboxOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.Run(() => Start(options), cancellationToken);

        /// <summary>Options of a client for Seclai.</summary>
        /// <param name="options">What takes the place of what the sandbox hands out.</param>
        /// <returns>The options.</returns>
        public ClientOptions Seclai(ClientOptions? options = null) => Options("seclai", options);

        /// <summary>Options of a client for SegOps.</summary>
        /// <param name="options">What takes the place of what the sandbox hands out.</param>
        /// <returns>The options.</returns>
        public ClientOptions Segops(ClientOptions? options = null) => Options("segops", options);

        /// <summary>Options of a client for SidClaw.</summary>
        /// <param name="options">What takes the place of what the sandbox hands out.</param>
        /// <returns>The options.</returns>
        public ClientOptions Sidclaw(ClientOptions? options = null) => Options("sidclaw", options);

        /// <summary>Options of a client for Seenty.</summary>
        /// <param name="options">What takes the place of what the sandbox hands out.</param>
        /// <returns>The options.</returns>
        public ClientOptions Seenty(ClientOptions? options = null) => Options("seenty", options);

        /// <summary>Options of a client for itellicoAI.</summary>
        /// <param name="options">What takes the place of what the sandbox hands out.</param>
        /// <returns>The options.</returns>
        public ClientOptions Itellico(ClientOptions? options = null) => Options("itellico", options);

        /// <summary>Options of a client for the invented service of the examples; its dialect is theirs.</summary>
        /// <param name="options">What takes the place of what the sandbox hands out.</param>
        /// <returns>The options.</returns>
        public ClientOptions Acme(ClientOptions? options = null) => Options("acme", options);

        private ClientOptions Options(string service, ClientOptions? given)
        {
            var access = Access(service);
            var options = given ?? new ClientOptions();
            options.BaseUrl ??= access.BaseUrl;
            options.AgentId ??= access.AgentId;
            options.Clock ??= access.Clock;
            if (options.ApiKey is null && options.KeyProvider is null && access.ApiKey is { } key)
            {
                options.ApiKey = key;
            }

            if (options.Management is null && options.Email is null && options.Password is null)
            {
                if (access.Management is { } management)
                {
                    options.Management = management;
                }

                if (access.Email is { } email && access.Password is { } password)
                {
                    options.Email = email;
                    options.Password = password;
                }
            }

            return options;
        }

        partial void Ending()
        {
            if (!Handle.IsClosed)
            {
                Close();
            }
        }
    }

    /// <content>Holding the clock for a while.</content>
    public sealed partial class Clock
    {
        /// <summary>Keeps it from jumping until what is given back is disposed of.</summary>
        /// <returns>The hold.</returns>
        public IDisposable Held()
        {
            Hold();
            return new Holding(this);
        }

        private sealed class Holding : IDisposable
        {
            private Clock? clock;

            internal Holding(Clock clock)
            {
                this.clock = clock;
            }

            public void Dispose() => Interlocked.Exchange(ref clock, null)?.Release();
        }
    }
}
