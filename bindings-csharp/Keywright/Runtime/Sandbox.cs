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
        /// <returns>The options.</returns>
        public ClientOptions Seclai() => Options("seclai");

        /// <summary>Options of a client for SegOps.</summary>
        /// <returns>The options.</returns>
        public ClientOptions Segops() => Options("segops");

        /// <summary>Options of a client for SidClaw.</summary>
        /// <returns>The options.</returns>
        public ClientOptions Sidclaw() => Options("sidclaw");

        /// <summary>Options of a client for Seenty.</summary>
        /// <returns>The options.</returns>
        public ClientOptions Seenty() => Options("seenty");

        /// <summary>Options of a client for itellicoAI.</summary>
        /// <returns>The options.</returns>
        public ClientOptions Itellico() => Options("itellico");

        /// <summary>Options of a client for the invented service of the examples; its dialect is theirs.</summary>
        /// <returns>The options.</returns>
        public ClientOptions Acme() => Options("acme");

        private ClientOptions Options(string service)
        {
            var access = Access(service);
            return new ClientOptions
            {
                BaseUrl = access.BaseUrl,
                ApiKey = access.ApiKey,
                Management = access.Management,
                Email = access.Email,
                Password = access.Password,
                AgentId = access.AgentId,
                Clock = access.Clock,
            };
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
