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
        void Woken(bool ready);
    }

    /// <summary>The way from the native library's wake-up to what waits for it.</summary>
    internal static class Continuation
    {
        /// <summary>What the native library calls: kept here, since it must outlive every call.</summary>
        private static readonly Callback Kept = (data, code) =>
        {
            // Of every poll exactly one comes, so what it stands for is still there.
            ((IWoken)GCHandle.FromIntPtr((IntPtr)checked((long)data)).Target!).Woken(code == 0);
        };

        internal static readonly IntPtr Pointer = Marshal.GetFunctionPointerForDelegate(Kept);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void Callback(ulong data, sbyte code);
    }

    /// <summary>Makes the task of a call that has been begun.</summary>
    internal static class AsyncCall
    {
        internal static Task<T> Buffer<T>(ulong future, Read<T> read, KeywrightClient? client, string operation, ulong deliver, CancellationToken token) =>
            new BufferCall<T>(future, read, client, operation, deliver, token).Begin();

        internal static Task<T> Handle<T>(ulong future, Func<ulong, T> make, KeywrightClient? client, string operation, ulong deliver, CancellationToken token) =>
            new HandleCall<T>(future, make, client, operation, deliver, token).Begin();

        internal static Task Nothing(ulong future, KeywrightClient? client, string operation, ulong deliver, CancellationToken token) =>
            new NothingCall(future, client, operation, deliver, token).Begin();

        private sealed unsafe class BufferCall<T> : PendingCall<T>
        {
            private readonly Read<T> read;

            internal BufferCall(ulong future, Read<T> read, KeywrightClient? client, string operation, ulong deliver, CancellationToken token)
                : base(future, client, operation, deliver, token)
            {
                this.read = read;
            }

            private protected override void Poll(ulong future, IntPtr callback, ulong data) =>
                Native.ffi_keywright_facade_rust_future_poll_rust_buffer(future, callback, data);

            private protected override void Cancel(ulong future) => Native.ffi_keywright_facade_rust_future_cancel_rust_buffer(future);

            private protected override Func<T> Complete(ulong future, ref RustCallStatus status)
            {
                RustBuffer result;
                fixed (RustCallStatus* told = &status)
                {
                    result = Native.ffi_keywright_facade_rust_future_complete_rust_buffer(future, told);
                }

                Native.ffi_keywright_facade_rust_future_free_rust_buffer(future);
                if (status.Code != 0)
                {
                    result.Free();
                }

                return () => Rust.Lift(result, read);
            }
        }

        private sealed unsafe class HandleCall<T> : PendingCall<T>
        {
            private readonly Func<ulong, T> make;

            internal HandleCall(ulong future, Func<ulong, T> make, KeywrightClient? client, string operation, ulong deliver, CancellationToken token)
                : base(future, client, operation, deliver, token)
            {
                this.make = make;
            }

            private protected override void Poll(ulong future, IntPtr callback, ulong data) =>
                Native.ffi_keywright_facade_rust_future_poll_u64(future, callback, data);

            private protected override void Cancel(ulong future) => Native.ffi_keywright_facade_rust_future_cancel_u64(future);

            private protected override Func<T> Complete(ulong future, ref RustCallStatus status)
            {
                ulong result;
                fixed (RustCallStatus* told = &status)
                {
                    result = Native.ffi_keywright_facade_rust_future_complete_u64(future, told);
                }

                Native.ffi_keywright_facade_rust_future_free_u64(future);
                return () => make(result);
            }
        }

        private sealed unsafe class NothingCall : PendingCall<bool>
        {
            internal NothingCall(ulong future, KeywrightClient? client, string operation, ulong deliver, CancellationToken token)
                : base(future, client, operation, deliver, token)
            {
            }

            private protected override void Poll(ulong future, IntPtr callback, ulong data) =>
                Native.ffi_keywright_facade_rust_future_poll_void(future, callback, data);

            private protected override void Cancel(ulong future) => Native.ffi_keywright_facade_rust_future_cancel_void(future);

            private protected override Func<bool> Complete(ulong future, ref RustCallStatus status)
            {
                fixed (RustCallStatus* told = &status)
                {
                    Native.ffi_keywright_facade_rust_future_complete_void(future, told);
                }

                Native.ffi_keywright_facade_rust_future_free_void(future);
                return () => true;
            }
        }
    }

    /// <summary>A call on its way, and its task.</summary>
    internal abstract class PendingCall<T> : TaskCompletionSource<T>, IWoken
    {
        [ThreadStatic]
        private static PendingCall<T>? polled;

        // Of this thread and not of the call: another may have ended the call before this one is back from its poll.
        [ThreadStatic]
        private static bool isReady;

        private readonly ulong future;
        private readonly KeywrightClient? client;
        private readonly ulong deliver;
        private readonly CancellationToken token;
        private readonly Watch watch;

        // Where nobody listens, what awaits the call goes on right here: on a thread of the pool, with nothing held.
        private readonly bool listens;
        private CancellationTokenRegistration registration;
        private GCHandle self;

        private protected PendingCall(ulong future, KeywrightClient? client, string operation, ulong deliver, CancellationToken token)
            : base(client?.Host.Listens == true ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None)
        {
            listens = client?.Host.Listens == true;
            this.future = future;
            this.client = client;
            this.deliver = deliver;
            this.token = token;
            watch = Watch.Start(operation);
        }

        public void Woken(bool ready)
        {
            if (ready && ReferenceEquals(polled, this))
            {
                isReady = true;
                return;
            }

            // Neither the thread that wakes nor one that cancels may do our work.
            ThreadPool.QueueUserWorkItem(call => call.Go(), this, false);
        }

        internal Task<T> Begin()
        {
            self = GCHandle.Alloc(this);
            try
            {
                client?.Host.Begin(client);
            }
            catch (ObjectDisposedException)
            {
                RustCallStatus status = default;
                Complete(future, ref status);
                self.Free();
                throw;
            }

            if (token.CanBeCanceled)
            {
                // Before the first poll: a cancellation between the two would be lost.
                registration = token.Register(call => ((PendingCall<T>)call!).Leave(), this, false);
            }

            Go();
            return Task;
        }

        private protected abstract void Poll(ulong future, IntPtr callback, ulong data);

        private protected abstract void Cancel(ulong future);

        /// <summary>Takes the result out and frees the future; what is given back reads the result.</summary>
        private protected abstract Func<T> Complete(ulong future, ref RustCallStatus status);

        private void Leave() => Cancel(future);

        private void Go()
        {
            polled = this;
            Poll(future, Continuation.Pointer, (ulong)(long)GCHandle.ToIntPtr(self));
            polled = null;
            if (isReady)
            {
                isReady = false;
                End();
            }
        }

        private void End()
        {
            // A cancellation that runs just now is waited for: it holds the future.
            registration.Dispose();
            RustCallStatus status = default;
            var read = Complete(future, ref status);
            self.Free();
            if (client is null)
            {
                Publish(status, read);
            }
            else
            {
                client.Host.End(deliver, listens, () => Publish(status, read));
            }
        }

        private void Publish(RustCallStatus status, Func<T> read)
        {
            if (status.Code == Rust.Cancelled)
            {
                watch.Cancelled();
                TrySetCanceled(token);
                return;
            }

            try
            {
                if (status.Code != 0)
                {
                    throw Rust.Error(ref status, client?.Host);
                }

                var result = read();
                watch.Succeeded();
                TrySetResult(result);
            }
            catch (Exception error)
            {
                watch.Failed(error);
                TrySetException(error);
            }
        }
    }
}
