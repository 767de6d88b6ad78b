using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Keywright
{
    /// <summary>Bytes that the native library has allocated.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct RustBuffer
    {
        internal ulong Capacity;
        internal ulong Length;
        internal byte* Data;

        /// <summary>Gives them back; none is freed for nothing.</summary>
        internal void Free()
        {
            if (Data != null)
            {
                RustCallStatus status = default;
                Native.ffi_keywright_facade_rustbuffer_free(this, &status);
                this = default;
            }
        }
    }

    /// <summary>How a call across the border has ended.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RustCallStatus
    {
        internal sbyte Code;
        internal RustBuffer Error;
    }

    /// <summary>Reads what has come back.</summary>
    internal static unsafe class Rust
    {
        private const sbyte Success = 0;
        private const sbyte Failed = 1;
        internal const sbyte Cancelled = 3;

        /// <summary>Throws what a call has failed with.</summary>
        internal static void Check(ref RustCallStatus status, Host? host)
        {
            if (status.Code != Success)
            {
                throw Error(ref status, host);
            }
        }

        /// <summary>What a call has failed with.</summary>
        internal static Exception Error(ref RustCallStatus status, Host? host)
        {
            if (status.Code == Failed)
            {
                var info = Lift(status.Error, (ref Reader r) =>
                {
                    // An error has one form.
                    r.Variant(1);
                    return ErrorInfo.Read(ref r);
                });
                var cause = info.HostFailure.HasValue ? host?.Failure(info.HostFailure.Value) : null;
                return Keywright.Failure.Of(info, cause);
            }

            // The words of a panic might hold anything and stay where they are.
            status.Error.Free();
            return Keywright.Failure.Internal("the native library has refused a call: please report it");
        }

        /// <summary>Reads a value and frees its bytes.</summary>
        internal static T Lift<T>(RustBuffer buffer, Read<T> read)
        {
            try
            {
                var reader = new Reader(buffer.Data, buffer.Length);
                return read(ref reader);
            }
            finally
            {
                buffer.Free();
            }
        }

        /// <summary>Reads a text that is all of its bytes, and frees them.</summary>
        internal static string Text(RustBuffer buffer)
        {
            try
            {
                return buffer.Length == 0 ? string.Empty : Reader.Utf8.GetString(buffer.Data, checked((int)buffer.Length));
            }
            finally
            {
                buffer.Free();
            }
        }
    }

    /// <summary>The arguments of one call, until they are passed.</summary>
    internal unsafe struct Lowered
    {
        private RustBuffer first;
        private RustBuffer second;
        private RustBuffer third;
        private RustBuffer fourth;
        private int count;

        /// <summary>The number of the function that stores a secret, for the call that they belong to.</summary>
        internal ulong Deliver;

        internal RustBuffer Text(string text, string field)
        {
            var writer = Writer.Rent();
            try
            {
                writer.Raw(text, field);
                return Keep(writer.ToRust());
            }
            finally
            {
                writer.Return();
            }
        }

        internal RustBuffer Value<T>(T value, Action<Writer, T> write)
        {
            var writer = Writer.Rent();
            try
            {
                writer.DeliverNumber = Deliver;
                write(writer, value);
                return Keep(writer.ToRust());
            }
            finally
            {
                writer.Return();
            }
        }

        /// <summary>From here on they belong to the native library.</summary>
        internal void Pass() => count = 0;

        /// <summary>Frees those that were not passed, because a later one could not be made ready.</summary>
        internal void Free()
        {
            if (count > 0)
            {
                first.Free();
                second.Free();
                third.Free();
                fourth.Free();
                count = 0;
            }
        }

        private RustBuffer Keep(RustBuffer buffer)
        {
            switch (count++)
            {
                case 0:
                    first = buffer;
                    break;
                case 1:
                    second = buffer;
                    break;
                case 2:
                    third = buffer;
                    break;
                case 3:
                    fourth = buffer;
                    break;
                default:
                    buffer.Free();
                    throw new InvalidOperationException("keywright: a call with more than four buffers");
            }

            return buffer;
        }
    }

    /// <summary>What is looked at before anything crosses.</summary>
    internal static class Check
    {
        internal static void NotNull(object? value, string name)
        {
            if (value is null)
            {
                throw new ArgumentNullException(name);
            }
        }

        internal static ulong Count(long value, string field) =>
            value >= 0 ? (ulong)value : throw Failure.Config(field, "is negative", "give 0 or more");

        internal static ClientOptions Key(string apiKey)
        {
            NotNull(apiKey, nameof(apiKey));
            return new ClientOptions { ApiKey = apiKey };
        }
    }

    /// <summary>Equality by value.</summary>
    internal static class Same
    {
        internal static bool One<T>(T one, T other) => EqualityComparer<T>.Default.Equals(one, other);

        internal static bool List<T>(IReadOnlyList<T> one, IReadOnlyList<T> other)
        {
            if (one.Count != other.Count)
            {
                return false;
            }

            for (var place = 0; place < one.Count; place++)
            {
                if (!One(one[place], other[place]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
