using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright
{
    /// <content>What a client holds, and its end.</content>
    public partial class KeywrightClient
    {
        private readonly ClientHandle? handle;

        internal KeywrightClient(ulong handle, Host host)
        {
            this.handle = new ClientHandle(handle, host);
        }

        /// <summary>For tests that stand in for it: what is not overridden fails.</summary>
        protected KeywrightClient()
        {
        }

        internal NativeHandle Handle => handle ?? throw new InvalidOperationException("keywright: this client stands in for a real one and does not do this");

        internal Host Host => Handle.Host!;

        /// <summary>A resource that the service's description declares, by its name.</summary>
        /// <param name="name">Its name, as <c>agents</c>.</param>
        /// <returns>The resource.</returns>
        public virtual Resource Resource(string name)
        {
            Check.NotNull(name, nameof(name));
            return new Resource(this, name);
        }

        /// <summary>Lets go of it. Calls in flight go on; calling it afterwards is an <see cref="ObjectDisposedException"/>.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Lets go of it.</summary>
        /// <param name="disposing">Whether it was asked for.</param>
        protected virtual void Dispose(bool disposing)
        {
            if (disposing)
            {
                handle?.Dispose();
            }
        }
    }

    /// <content>The next page of an action.</content>
    public sealed partial class Arguments
    {
        /// <summary>A copy that nobody changes, from another place on where one is given.</summary>
        internal Arguments From(string? after)
        {
            var copy = (Arguments)MemberwiseClone();
            copy.After = after ?? After;
            return copy;
        }
    }

    /// <content>The body as text and as JSON.</content>
    public sealed partial class Response
    {
        /// <summary>The body as text.</summary>
        /// <returns>The text; what is no UTF-8 is replaced.</returns>
        public string Text() => System.Text.Encoding.UTF8.GetString(Body.Span);

        /// <summary>The body as JSON, decoded strictly.</summary>
        /// <returns>The JSON.</returns>
        /// <exception cref="KeywrightException">Kind <c>decode</c>, when it is none.</exception>
        public Json Json() => KeywrightFunctions.DecodeJson(Body);
    }

    /// <content>Walking a stream, and its end.</content>
    public sealed partial class EventStream : IAsyncEnumerable<ServerEvent>, IAsyncDisposable
    {
        /// <summary>Walks the events as they arrive; leaving the loop closes the connection.</summary>
        /// <param name="cancellationToken">Ends the walk.</param>
        /// <returns>The events.</returns>
        public async IAsyncEnumerator<ServerEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            try
            {
                while (await NextEventAsync(cancellationToken).ConfigureAwait(false) is { } next)
                {
                    yield return next;
                }
            }
            finally
            {
                if (!Handle.IsClosed)
                {
                    Leave();
                }
            }
        }

        /// <summary>Closes the connection and lets go of it.</summary>
        /// <returns>When it is closed.</returns>
        public async ValueTask DisposeAsync()
        {
            if (!Handle.IsClosed)
            {
                await CloseAsync().ConfigureAwait(false);
                Dispose();
            }
        }
    }
}
