using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright
{
    /// <summary>
    /// Serves what the core asks of its host: a key, a place for a secret, an ear. Nothing calls into .NET:
    /// the requests wait in a queue, and whoever comes by takes them all: a wake-up, or a call that ends.
    /// A call that ends lays its end behind the events that came before it, so they are heard first.
    /// </summary>
    internal sealed class Host : IWoken
    {
        private readonly object gate = new object();
        private readonly Queue<object> work = new Queue<object>();
        private readonly Func<CancellationToken, Task<string>>? provider;
        private readonly Action<Event>? ear;
        private readonly ConcurrentDictionary<ulong, Func<Secret, CancellationToken, Task>> stores = new ConcurrentDictionary<ulong, Func<Secret, CancellationToken, Task>>();
        private readonly ConcurrentDictionary<long, Exception> failures = new ConcurrentDictionary<long, Exception>();
        private readonly CancellationTokenSource stopping = new CancellationTokenSource();
        private static long last;
        private int holders;
        private bool isWorking;
        private bool isReady;
        private int isLetGo;
        private volatile bool isStopped;
        private volatile bool mayListen;
        private volatile bool isListening;
        private ulong client;
        private ulong future;
        private GCHandle self;

        internal Host(ClientOptions? options)
        {
            provider = options?.KeyProvider;
            ear = options?.OnEvent;
            mayListen = provider != null || ear != null;
        }

        /// <summary>Called where the request was made, or where we poll: it must not take the gate.</summary>
        public void Woken(bool ready)
        {
            isReady = ready;
            isListening = false;
            if (isStopped)
            {
                LetGo();
            }
            else if (!ready)
            {
                ThreadPool.QueueUserWorkItem(host => host.Serve(), this, false);
            }
        }

        /// <summary>Whether calls that begin now may ask or tell anything.</summary>
        internal bool Listens => mayListen;

        /// <summary>A number for a function that stores a secret; 0 is none.</summary>
        internal ulong Register(Func<Secret, CancellationToken, Task>? store)
        {
            if (store is null)
            {
                return 0;
            }

            var number = (ulong)Interlocked.Increment(ref last);
            stores[number] = store;
            mayListen = true;
            return number;
        }

        /// <summary>What a function of the host has failed with, once.</summary>
        internal Exception? Failure(long number) => failures.TryRemove(number, out var error) ? error : null;

        /// <summary>A client or a call has use for it.</summary>
        internal void Hold() => Interlocked.Increment(ref holders);

        /// <summary>When nobody has, it ends.</summary>
        internal void Release()
        {
            if (Interlocked.Decrement(ref holders) == 0)
            {
                Stop();
            }
        }

        /// <summary>A call begins: from now on its requests are served.</summary>
        internal void Begin(KeywrightClient of)
        {
            if (!mayListen)
            {
                Hold();
                return;
            }

            lock (gate)
            {
                if (isStopped)
                {
                    // Its client was disposed of while the call began: nobody would answer it.
                    throw new ObjectDisposedException(nameof(KeywrightClient));
                }

                if (client == 0)
                {
                    client = of.Handle.Clone();
                    self = GCHandle.Alloc(this);
                    future = Native.uniffi_keywright_facade_fn_method_client_next_request(Again());
                }

                Hold();
            }

            Serve();
        }

        /// <summary>A call has ended: its end is told after the events that came before it.</summary>
        internal void End(ulong store, bool inOrder, Action publish)
        {
            if (store != 0)
            {
                stores.TryRemove(store, out _);
            }

            if (inOrder)
            {
                lock (gate)
                {
                    Take();
                    work.Enqueue(publish);
                }

                Work();
                Release();
            }
            else
            {
                // What awaits the call may run in it, and take its time.
                Release();
                publish();
            }
        }

        private void Serve()
        {
            lock (gate)
            {
                Take();
            }

            Work();
        }

        /// <summary>Takes every request that waits; the gate is held.</summary>
        private void Take()
        {
            while (future != 0 && !isListening)
            {
                isReady = false;
                isListening = true;
                Native.ffi_keywright_facade_rust_future_poll_rust_buffer(future, Continuation.Pointer, (ulong)(long)GCHandle.ToIntPtr(self));
                if (isReady)
                {
                    var request = Taken();
                    if (request != null)
                    {
                        Sort(request);
                    }
                }
            }
        }

        private unsafe HostRequest? Taken()
        {
            RustCallStatus status = default;
            var result = Native.ffi_keywright_facade_rust_future_complete_rust_buffer(future, &status);
            Native.ffi_keywright_facade_rust_future_free_rust_buffer(future);
            future = Native.uniffi_keywright_facade_fn_method_client_next_request(Again());
            Rust.Check(ref status, this);
            return Rust.Lift(result, (ref Reader r) => r.Some() ? new HostRequest(r.Handle()) : null);
        }

        private unsafe ulong Again()
        {
            RustCallStatus status = default;
            return Native.uniffi_keywright_facade_fn_clone_client(client, &status);
        }

        private void Sort(HostRequest request)
        {
            switch (request.Ask())
            {
                case HostAsk.Key:
                    Task.Run(() => Answer(request, async token => Given(await provider!(token).ConfigureAwait(false))));
                    break;
                case HostAsk.Deliver:
                    Task.Run(() => Answer(request, token => Store(request, token)));
                    break;
                default:
                    var heard = request.Event();
                    request.Dispose();
                    if (heard != null)
                    {
                        work.Enqueue(heard);
                    }

                    break;
            }
        }

        private static Secret? Given(string? key) =>
            key is null ? throw new InvalidOperationException("the key provider gave no key") : new Secret(key);

        private async Task<Secret?> Store(HostRequest request, CancellationToken token)
        {
            var secret = request.Secret();
            if (secret != null && stores.TryGetValue((ulong)request.Function(), out var store))
            {
                await store(secret, token).ConfigureAwait(false);
                return null;
            }

            throw new InvalidOperationException("the call that was to store the secret has ended");
        }

        private async Task Answer(HostRequest request, Func<CancellationToken, Task<Secret?>> ask)
        {
            using (request)
            {
                try
                {
                    request.Answer(await ask(stopping.Token).ConfigureAwait(false));
                }
                catch (Exception error)
                {
                    var number = Interlocked.Increment(ref last);
                    failures[number] = error;
                    request.Fail(number, error.GetType().Name);
                }
            }
        }

        /// <summary>Events and ends, one after the other, each outside the gate.</summary>
        private void Work()
        {
            while (true)
            {
                object next;
                lock (gate)
                {
                    if (isWorking || work.Count == 0)
                    {
                        return;
                    }

                    isWorking = true;
                    next = work.Dequeue();
                }

                try
                {
                    if (next is Event heard)
                    {
                        ear?.Invoke(heard);
                    }
                    else
                    {
                        ((Action)next)();
                    }
                }
                catch (Exception error)
                {
                    // A listener that fails must not fail the call that it listens to.
                    Watch.ListenerFailed(error);
                }
                finally
                {
                    lock (gate)
                    {
                        isWorking = false;
                    }
                }
            }
        }

        private unsafe void Stop()
        {
            lock (gate)
            {
                if (client == 0 || Volatile.Read(ref holders) > 0)
                {
                    return;
                }

                Take();
                var ended = future;
                future = 0;
                isStopped = true;
                RustCallStatus status = default;
                Native.ffi_keywright_facade_rust_future_free_rust_buffer(ended);
                Native.uniffi_keywright_facade_fn_free_client(client, &status);
                client = 0;

                // Of every poll exactly one wake-up comes; if the last is still on its way, it lets go.
                if (!isListening)
                {
                    LetGo();
                }
            }

            stopping.Cancel();

            // This may be the finalizer's thread, and what is left may be anybody's code.
            ThreadPool.QueueUserWorkItem(host => host.Work(), this, false);
        }

        private void LetGo()
        {
            if (Interlocked.Exchange(ref isLetGo, 1) == 0)
            {
                self.Free();
            }
        }
    }

    /// <summary>What a client holds of its host, also when nobody disposes of it.</summary>
    internal sealed class HostTicket : IDisposable
    {
        private int isOpen = 1;

        internal HostTicket(Host host)
        {
            Host = host;
            host.Hold();
        }

        ~HostTicket() => Close();

        internal Host Host { get; }

        public void Dispose()
        {
            Close();
            GC.SuppressFinalize(this);
        }

        private void Close()
        {
            if (Interlocked.Exchange(ref isOpen, 0) == 1)
            {
                Host.Release();
            }
        }
    }
}
