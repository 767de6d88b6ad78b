using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright
{
    /// <summary>
    /// Serves what the core asks of its host: a key, a place for a secret, an ear. Nothing calls into .NET:
    /// the requests wait in a queue, and whoever comes by takes them all: one that waits for them, or a call that ends.
    /// A call that ends lays its end behind the events that came before it, so they are heard first.
    /// </summary>
    internal sealed class Host
    {
        private static long last;
        private readonly object gate = new object();
        private readonly Queue<Action> work = new Queue<Action>();
        private readonly Func<CancellationToken, Task<string>>? provider;
        private readonly Action<Event>? ear;
        private readonly ConcurrentDictionary<long, Delivery> deliveries = new ConcurrentDictionary<long, Delivery>();
        private readonly ConcurrentDictionary<long, Exception> failures = new ConcurrentDictionary<long, Exception>();
        private readonly CancellationTokenSource stopping = new CancellationTokenSource();
        private HostRequests? requests;
        private int holders;
        private bool isWorking;
        private bool isStopped;
        private volatile bool listens;

        internal Host(ClientOptions? options)
        {
            provider = options?.KeyProvider;
            ear = options?.OnEvent;
            listens = provider != null || ear != null;
        }

        /// <summary>Whether calls that begin now may ask or tell anything.</summary>
        internal bool Listens => listens;

        /// <summary>A number that nothing else has.</summary>
        internal static long Next() => Interlocked.Increment(ref last);

        /// <summary>What a function of the host has failed with, once.</summary>
        internal Exception? Failure(long number) => failures.TryRemove(number, out var error) ? error : null;

        /// <summary>A client or a call has use for it.</summary>
        internal void Hold() => Interlocked.Increment(ref holders);

        /// <summary>When nobody has, it ends.</summary>
        internal void Release()
        {
            if (Interlocked.Decrement(ref holders) == 0)
            {
                // This may be the finalizer's thread, and what is left may be anybody's code.
                ThreadPool.UnsafeQueueUserWorkItem(host => ((Host)host!).Stop(), this);
            }
        }

        /// <summary>A call begins: from now on its requests are served.</summary>
        internal void Begin(KeywrightClient client, Delivery? delivery)
        {
            if (delivery is null && !listens)
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

                if (requests is null)
                {
                    requests = client.HostRequests();

                    // It outlives the call that begins it, so it takes nothing of that call's context along.
                    ThreadPool.UnsafeQueueUserWorkItem(host => _ = ((Host)host!).Listen(), this);
                }

                Hold();
            }

            if (delivery != null)
            {
                listens = true;
                deliveries[delivery.Number] = delivery;
            }
        }

        /// <summary>A call has ended: its end is told after the events that came before it.</summary>
        internal void End(Delivery? delivery, bool inOrder, Action publish)
        {
            if (delivery != null)
            {
                deliveries.TryRemove(delivery.Number, out _);
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

        /// <summary>Takes requests as they come, until nobody is left who could cause one.</summary>
        private async Task Listen()
        {
            using (requests)
            {
                while (!stopping.IsCancellationRequested)
                {
                    try
                    {
                        await requests!.WaitAsync(stopping.Token).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException)
                    {
                        return;
                    }

                    lock (gate)
                    {
                        Take();
                    }

                    // A function that hears may wait for a call, and that call for a key: this must go on meanwhile.
                    ThreadPool.QueueUserWorkItem(host => host.Work(), this, false);
                }
            }
        }

        /// <summary>Takes every request that waits; the gate is held.</summary>
        private void Take()
        {
            while (requests?.Take() is { } request)
            {
                if (request.Event() is { } heard)
                {
                    request.Dispose();
                    work.Enqueue(() => ear?.Invoke(heard));
                }
                else
                {
                    Task.Run(() => Answer(request));
                }
            }
        }

        private async Task Answer(HostRequest request)
        {
            using (request)
            {
                try
                {
                    Secret? key = null;
                    if (!(request.Secret() is { } secret))
                    {
                        key = await provider!(stopping.Token).ConfigureAwait(false) ?? throw new InvalidOperationException("the key provider gave no key");
                    }
                    else if (deliveries.TryGetValue(request.Function(), out var delivery))
                    {
                        await delivery.Store(secret, stopping.Token).ConfigureAwait(false);
                    }
                    else
                    {
                        throw new InvalidOperationException("the call that was to store the secret has ended");
                    }

                    request.Answer(key);
                }
                catch (Exception error)
                {
                    var number = Next();
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
                Action next;
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
                    next();
                }
                catch (Exception error)
                {
                    // A listener that fails must not fail the call that it listens to.
                    KeywrightEventSource.Log.ListenerFailed(error.GetType().Name);
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

        private void Stop()
        {
            lock (gate)
            {
                if (requests is null || isStopped || Volatile.Read(ref holders) > 0)
                {
                    return;
                }

                Take();
                isStopped = true;
            }

            stopping.Cancel();
            Work();
        }
    }

    /// <summary>The function that stores the secret of one call, and the number that stands for it across the border.</summary>
    internal sealed class Delivery
    {
        private Delivery(Func<Secret, CancellationToken, Task> store)
        {
            Store = store;
        }

        internal Func<Secret, CancellationToken, Task> Store { get; }

        internal long Number { get; } = Host.Next();

        internal static Delivery? Of(Func<Secret, CancellationToken, Task>? store) => store is null ? null : new Delivery(store);
    }
}
