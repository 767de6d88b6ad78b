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
    /// A function runs in the execution context of the call that it is asked for, as it was when that call began; whoever
    /// takes the request may be another caller. The core may work for a call after its caller has left: what belongs to the
    /// call stays until the core has done with it.
    /// </summary>
    internal sealed class Host
    {
        private static long last;
        private readonly object gate = new object();
        private readonly Queue<Action> work = new Queue<Action>();
        private readonly Func<CancellationToken, Task<string>>? provider;
        private readonly Action<Event>? ear;
        private readonly ConcurrentDictionary<long, StoreCall> storeCalls = new ConcurrentDictionary<long, StoreCall>();
        private readonly ConcurrentDictionary<long, ExecutionContext?> askers = new ConcurrentDictionary<long, ExecutionContext?>();
        private readonly ConcurrentDictionary<long, Exception> failures = new ConcurrentDictionary<long, Exception>();
        private readonly CancellationTokenSource stopping = new CancellationTokenSource();
        private HostRequests? requests;
        private int holders;
        private bool isWorking;
        private bool isListening;
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

        /// <summary>A call begins: from now on its requests are served. Gives its number, or 0 where nothing is to be known of it.</summary>
        internal long Begin(KeywrightClient client, StoreCall? storeCall, bool bringsSecret)
        {
            var asks = storeCall != null || listens;
            if (!asks && !bringsSecret)
            {
                Hold();
                return 0;
            }

            var number = Next();
            lock (gate)
            {
                if (isStopped)
                {
                    // Its client was disposed of while the call began: nobody would answer it.
                    throw new ObjectDisposedException(nameof(KeywrightClient));
                }

                requests ??= client.HostRequests();
                if (asks && !isListening)
                {
                    // It outlives the call that begins it, so it takes nothing of that call's context along.
                    isListening = true;
                    ThreadPool.UnsafeQueueUserWorkItem(host => _ = ((Host)host!).Listen(), this);
                }

                Forget();
                Hold();
                if (asks)
                {
                    // Until the core has done with it, which may be after its end.
                    Hold();
                    askers[number] = ExecutionContext.Capture();
                }
            }

            if (storeCall != null)
            {
                listens = true;
                storeCalls[storeCall.Number] = storeCall;
            }

            return number;
        }

        /// <summary>The call that this thread polls next is that of this number.</summary>
        internal void Enter(long number) => requests!.Begin(number);

        /// <summary>It was polled.</summary>
        internal void Entered() => requests!.Begun();

        /// <summary>A call has ended: its end is told after the events that came before it.</summary>
        internal void End(StoreCall? storeCall, bool inOrder, Action publish)
        {
            if (storeCall != null)
            {
                storeCalls.TryRemove(storeCall.Number, out _);
            }

            if (inOrder)
            {
                lock (gate)
                {
                    Take();
                    work.Enqueue(publish);
                }

                Work();
            }
            else
            {
                // What awaits the call may run in it, and take its time.
                publish();
            }
        }

        /// <summary>The end of a call is about to be told: with a new secret, whether its task gets it. What is not taken goes back.</summary>
        internal void Settle(long number, bool bringsSecret, bool isTaken)
        {
            if (bringsSecret && isTaken)
            {
                requests!.Taken(number);
            }
            else if (bringsSecret)
            {
                requests!.NotTaken(number);
            }

            Release();
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
                // Of no call known here: in no context, and never in that of whoever takes it.
                askers.TryGetValue(request.Caller(), out var context);
                if (request.Event() is { } heard)
                {
                    request.Dispose();
                    work.Enqueue(() => Within(context, () => ear?.Invoke(heard)));
                }
                else
                {
                    ThreadPool.UnsafeQueueUserWorkItem(_ => Within(context, () => _ = Answer(request)), null);
                }
            }

            Forget();
        }

        /// <summary>Lets go of the calls with which the core has done; the gate is held.</summary>
        private void Forget()
        {
            while (requests != null && requests.Over() is var number && number != 0)
            {
                if (askers.TryRemove(number, out _))
                {
                    Release();
                }
            }
        }

        private static void Within(ExecutionContext? context, Action work)
        {
            if (context is null)
            {
                work();
            }
            else
            {
                // A copy: on .NET Framework a context is good for one run.
                ExecutionContext.Run(context.CreateCopy(), state => ((Action)state!)(), work);
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
                    else if (storeCalls.TryGetValue(request.Function(), out var storeCall))
                    {
                        // Cancelled with its call; if it ends well all the same, the key is kept.
                        using (var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, storeCall.Token))
                        {
                            await storeCall.Store(secret, ends.Token).ConfigureAwait(false);
                        }
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
                if (!isListening)
                {
                    requests.Dispose();
                }
            }

            stopping.Cancel();
            Work();
        }
    }

    /// <summary>The function that stores the secret of one call, and the number that stands for it across the border.</summary>
    internal sealed class StoreCall
    {
        private StoreCall(Func<Secret, CancellationToken, Task> store)
        {
            Store = store;
        }

        internal Func<Secret, CancellationToken, Task> Store { get; }

        /// <summary>What ends the call.</summary>
        internal CancellationToken Token { get; set; }

        internal long Number { get; } = Host.Next();

        internal static StoreCall? Of(Func<Secret, CancellationToken, Task>? store) => store is null ? null : new StoreCall(store);
    }
}
