using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright
{
    /// <content>The short forms of a request, and the end of a client.</content>
    public partial class KeywrightClient
    {
        private NativeHandle? handle;
        private HostTicket? ticket;

        internal KeywrightClient(ulong handle, Host host)
        {
            this.handle = new ClientHandle(handle);
            ticket = new HostTicket(host);
        }

        /// <summary>For tests that stand in for it: what is not overridden fails.</summary>
        protected KeywrightClient()
        {
        }

        internal NativeHandle Handle
        {
            get => handle ?? throw StandIn();
            private set => handle = value;
        }

        internal Host Host
        {
            get => ticket?.Host ?? throw StandIn();
            private set => ticket = new HostTicket(value);
        }

        /// <summary>A resource that the service's description declares, by its name.</summary>
        /// <param name="name">Its name, as <c>agents</c>.</param>
        /// <returns>The resource.</returns>
        public virtual Resource Resource(string name)
        {
            Check.NotNull(name, nameof(name));
            return new Resource(this, name);
        }

        /// <summary>Sends a GET request of your own.</summary>
        /// <param name="path">The path.</param>
        /// <param name="options">What the request carries.</param>
        /// <param name="cancellationToken">Ends the call.</param>
        /// <returns>The answer.</returns>
        /// <exception cref="KeywrightException">As <see cref="RequestAsync"/>.</exception>
        public Task<Response> GetAsync(string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            RequestAsync("GET", path, options, cancellationToken);

        /// <summary>Sends a POST request of your own.</summary>
        /// <param name="path">The path.</param>
        /// <param name="options">What the request carries.</param>
        /// <param name="cancellationToken">Ends the call.</param>
        /// <returns>The answer.</returns>
        /// <exception cref="KeywrightException">As <see cref="RequestAsync"/>.</exception>
        public Task<Response> PostAsync(string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            RequestAsync("POST", path, options, cancellationToken);

        /// <summary>Sends a PUT request of your own.</summary>
        /// <param name="path">The path.</param>
        /// <param name="options">What the request carries.</param>
        /// <param name="cancellationToken">Ends the call.</param>
        /// <returns>The answer.</returns>
        /// <exception cref="KeywrightException">As <see cref="RequestAsync"/>.</exception>
        public Task<Response> PutAsync(string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            RequestAsync("PUT", path, options, cancellationToken);

        /// <summary>Sends a PATCH request of your own.</summary>
        /// <param name="path">The path.</param>
        /// <param name="options">What the request carries.</param>
        /// <param name="cancellationToken">Ends the call.</param>
        /// <returns>The answer.</returns>
        /// <exception cref="KeywrightException">As <see cref="RequestAsync"/>.</exception>
        public Task<Response> PatchAsync(string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            RequestAsync("PATCH", path, options, cancellationToken);

        /// <summary>Sends a DELETE request of your own.</summary>
        /// <param name="path">The path.</param>
        /// <param name="options">What the request carries.</param>
        /// <param name="cancellationToken">Ends the call.</param>
        /// <returns>The answer.</returns>
        /// <exception cref="KeywrightException">As <see cref="RequestAsync"/>.</exception>
        public Task<Response> DeleteAsync(string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            RequestAsync("DELETE", path, options, cancellationToken);

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
                ticket?.Dispose();
            }
        }

        private static InvalidOperationException StandIn() =>
            new InvalidOperationException("keywright: this client stands in for a real one and does not do this");
    }

    /// <content>The next page of an action.</content>
    public sealed partial class Arguments
    {
        /// <summary>A copy that nobody changes, from another place on where one is given.</summary>
        internal Arguments From(string? after) => new Arguments
        {
            Path = Path,
            Query = Query,
            Body = Body,
            PageSize = PageSize,
            After = after ?? After,
        };
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
        /// <summary>Walks the events as they arrive.</summary>
        /// <param name="cancellationToken">Ends the walk.</param>
        /// <returns>The events.</returns>
        public async IAsyncEnumerator<ServerEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            var next = await NextEventAsync(cancellationToken).ConfigureAwait(false);
            while (next != null)
            {
                yield return next;
                next = await NextEventAsync(cancellationToken).ConfigureAwait(false);
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
