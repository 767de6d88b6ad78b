using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright
{
    /// <summary>Something that the native library wakes when it should be polled again.</summary>
    internal interface IWoken
    {
        /// <summary>Called on the thread that wakes; must do next to nothing there.</summary>
        void Woken();
    }

    /// <summary>The way to the native library's futures and back from its wake-ups.</summary>
    internal static class Continuation
    {
        /// <summary>What the native library calls: kept here, since it must outlive every call.</summary>
        private static readonly Callback Kept = (data, code) =>
        {
            // Of every poll exactly one comes, so what it stands for is still there.
            var woken = (IWoken)GCHandle.FromIntPtr((IntPtr)checked((long)data)).Target!;
            if (code == 0 && ReferenceEquals(polled, woken))
            {
                polled = null;
            }
            else
            {
                // One that cancels says that it is ready, too, on a thread of its own.
                woken.Woken();
            }
        };

        private static readonly IntPtr Pointer = Marshal.GetFunctionPointerForDelegate(Kept);

        // What this thread polls; nothing once it is told that it is ready. Of the thread and not of the call: another
        // may have ended the call before this one is back from its poll.
        [ThreadStatic]
        private static IWoken? polled;

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void Callback(ulong data, sbyte code);

        /// <summary>Whether the future is ready; otherwise the call is woken later.</summary>
        internal static bool Poll<TRaw>(FutureKind<TRaw> kind, ulong future, IWoken call, GCHandle self)
        {
            polled = call;
            kind.Poll(future, Pointer, (ulong)(long)GCHandle.ToIntPtr(self));
            var isReady = polled is null;
            polled = null;
            return isReady;
        }
    }

    /// <summary>The entry points of the calls whose result crosses as one type.</summary>
    internal abstract unsafe class FutureKind<TRaw>
    {
        internal abstract void Poll(ulong future, IntPtr callback, ulong data);

        internal abstract void Cancel(ulong future);

        internal abstract TRaw Complete(ulong future, RustCallStatus* status);

        internal abstract void Free(ulong future);
    }

    /// <summary>
    /// A call on its way, and its task. A new secret is the task's when the task is completed with it: what is not taken
    /// by then goes back.
    /// </summary>
    internal sealed class PendingCall<TRaw, T> : TaskCompletionSource<T>, IWoken
    {
        private readonly FutureKind<TRaw> kind;
        private readonly ulong future;
        private readonly Func<TRaw, T> lift;
        private readonly KeywrightClient? client;
        private readonly StoreCall? storeCall;
        private readonly CancellationToken token;
        private readonly Watch watch;
        private long number;
        private CancellationTokenRegistration registration;
        private GCHandle self;
        private TRaw raw = default!;
        private RustCallStatus status;

        internal PendingCall(FutureKind<TRaw> kind, ulong future, Func<TRaw, T> lift, KeywrightClient? client, string? operation, StoreCall? storeCall, CancellationToken token)
            : base(storeCall != null || client?.Host.Listens == true ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None)
        {
            this.kind = kind;
            this.future = future;
            this.lift = lift;
            this.client = client;
            this.storeCall = storeCall;
            this.token = token;
            watch = new Watch(operation);
        }

        // Neither the thread that wakes nor one that cancels may do our work.
        public void Woken() => ThreadPool.QueueUserWorkItem(call => call.Go(), this, false);

        private static bool BringsSecret => typeof(T) == typeof(CreatedKey);

        internal Task<T> Begin()
        {
            try
            {
                if (storeCall != null)
                {
                    storeCall.Token = token;
                }

                number = client?.Host.Begin(client, storeCall, BringsSecret) ?? 0;
            }
            catch (ObjectDisposedException)
            {
                kind.Free(future);
                throw;
            }

            self = GCHandle.Alloc(this);
            if (token.CanBeCanceled)
            {
                // Before the first poll: a cancellation between the two would be lost.
                registration = token.Register(call => ((PendingCall<TRaw, T>)call!).Cancel(), this, false);
            }

            if (number == 0)
            {
                Go();
                return Task;
            }

            // The library learns with the first poll which call this is. The call may have ended before that poll is back.
            var host = client!.Host;
            host.Hold();
            host.Enter(number);
            var isReady = Continuation.Poll(kind, future, this, self);
            host.Entered();
            host.Release();
            if (isReady)
            {
                End();
            }

            return Task;
        }

        private void Cancel() => kind.Cancel(future);

        private void Go()
        {
            if (Continuation.Poll(kind, future, this, self))
            {
                End();
            }
        }

        private unsafe void End()
        {
            // A cancellation that runs just now is waited for: it holds the future.
            registration.Dispose();
            RustCallStatus told = default;
            raw = kind.Complete(future, &told);
            status = told;
            kind.Free(future);
            self.Free();
            if (client is null)
            {
                Publish();
            }
            else
            {
                // Where nobody listens, what awaits the call goes on right here: on a thread of the pool, with nothing held.
                client.Host.End(storeCall, Task.CreationOptions == TaskCreationOptions.RunContinuationsAsynchronously, Publish);
            }
        }

        private void Publish()
        {
            if (status.Code == Rust.Cancelled)
            {
                Settle(false);
                watch.End("cancelled", null);
                TrySetCanceled(token);
                return;
            }

            T result;
            try
            {
                Rust.Check(ref status, client?.Host);
                result = lift(raw);
            }
            catch (Exception error)
            {
                Settle(false);
                watch.End((error as KeywrightException)?.Kind.ToWord() ?? error.GetType().Name, error);
                TrySetException(error);
                return;
            }

            // Nothing but this completes the task, so it is the task's. What awaits it may run in the next line.
            Settle(true);
            watch.End("ok", null);
            TrySetResult(result);
        }

        private void Settle(bool isTaken) => client?.Host.Settle(number, BringsSecret, isTaken);
    }
}
