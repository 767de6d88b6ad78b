using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright
{
    /// <summary>One page of a list. Walking it with <c>await foreach</c> goes on through all pages that follow.</summary>
    /// <typeparam name="T">What it lists.</typeparam>
    public sealed class Page<T> : IAsyncEnumerable<T>, IEquatable<Page<T>>
    {
        private Func<string, CancellationToken, Task<Page<T>>>? follow;

        /// <summary>Makes one, for tests.</summary>
        /// <param name="items">The items of this page.</param>
        /// <param name="meta">How it came to be.</param>
        /// <param name="nextToken">Where the next page begins.</param>
        /// <param name="next">Gets the page that begins there.</param>
        public Page(IReadOnlyList<T> items, Meta meta, string? nextToken = null, Func<string, CancellationToken, Task<Page<T>>>? next = null)
        {
            Items = items ?? throw new ArgumentNullException(nameof(items));
            Meta = meta;
            NextToken = nextToken;
            follow = next;
        }

        /// <summary>The items of this page, in the service's order.</summary>
        public IReadOnlyList<T> Items { get; }

        /// <summary>Where the next page begins; absent on the last.</summary>
        public string? NextToken { get; }

        /// <summary>Whether another page follows.</summary>
        public bool HasNext => NextToken != null;

        /// <summary>How this page came to be.</summary>
        public Meta Meta { get; }

        /// <summary>Gets the next page.</summary>
        /// <param name="cancellationToken">Ends the call.</param>
        /// <returns>The page, or nothing after the last.</returns>
        /// <exception cref="KeywrightException">As the list itself.</exception>
        public async Task<Page<T>?> NextPageAsync(CancellationToken cancellationToken = default)
        {
            return NextToken is null || follow is null ? null : await follow(NextToken, cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Walks the items of this page and of all that follow.</summary>
        /// <param name="cancellationToken">Ends the walk.</param>
        /// <returns>The items.</returns>
        public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            Walk(_ => Task.FromResult(this), default).GetAsyncEnumerator(cancellationToken);

        /// <inheritdoc/>
        public bool Equals(Page<T>? other) => !(other is null) && NextToken == other.NextToken && Items.SequenceEqual(other.Items);

        /// <inheritdoc/>
        public override bool Equals(object? obj) => Equals(obj as Page<T>);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Items.Count, NextToken);

        /// <inheritdoc/>
        public override string ToString() => Show.Of("Page", ("Items", Items.Count), ("HasNext", HasNext));

        internal static Page<T> Read(ref Reader r, Read<T> read)
        {
            var items = r.List(read);
            var next = r.Bool() ? r.Text() : null;
            return new Page<T>(items, Meta.Read(ref r), next);
        }

        internal static async IAsyncEnumerable<T> Walk(Func<CancellationToken, Task<Page<T>>> first, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Page<T>? page = await first(cancellationToken).ConfigureAwait(false);
            while (page != null)
            {
                foreach (var item in page.Items)
                {
                    yield return item;
                }

                page = await page.NextPageAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        internal void Bind(Func<string, CancellationToken, Task<Page<T>>> next) => follow = next;
    }
}
