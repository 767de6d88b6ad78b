using System;
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
            if (status.Code == Success)
            {
                return;
            }

            if (status.Code == Failed)
            {
                var info = Lift(status.Error, (ref Reader r) =>
                {
                    // An error has one form.
                    r.Variant(1);
                    return ErrorInfo.Read(ref r);
                });
                throw Failure.Of(info, info.HostFailure.HasValue ? host?.Failure(info.HostFailure.Value) : null);
            }

            // The words of a panic might hold anything and stay where they are.
            Free(status.Error);
            throw Failure.Internal("the native library has refused a call: please report it");
        }

        /// <summary>Reads a value and frees its bytes.</summary>
        internal static T Lift<T>(RustBuffer buffer, Read<T> read)
        {
            try
            {
                var reader = new Reader(new ReadOnlySpan<byte>(buffer.Data, checked((int)buffer.Length)));
                return read(ref reader);
            }
            catch (Exception error) when (error is ArithmeticException || error is ArgumentException)
            {
                // A value that .NET cannot hold is a defect here, and none of the caller's.
                throw Reader.Odd();
            }
            finally
            {
                Free(buffer);
            }
        }

        private static void Free(RustBuffer buffer)
        {
            RustCallStatus status = default;
            Native.ffi_keywright_facade_rustbuffer_free(buffer, &status);
        }
    }

    /// <summary>Failures that are seen before anything crosses.</summary>
    internal static partial class Failure
    {
        /// <summary>A wrong argument: which one, why, and what to do instead.</summary>
        internal static KeywrightException Config(string field, string reason, string remedy) => Of(
            new ErrorInfo { Kind = ErrorKind.Config, Text = $"keywright: `{Spelled(field)}` {reason}; {remedy}", Field = field, Remedy = remedy, Outcome = Outcome.NotSent },
            null);

        /// <summary>The name of an option as it is written here.</summary>
        internal static string Spelled(string field) =>
            string.Concat(Array.ConvertAll(field.Split('_'), word => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word.Substring(1)));

        /// <summary>A defect.</summary>
        internal static KeywrightException Internal(string words) =>
            Of(new ErrorInfo { Kind = ErrorKind.Internal, Text = "keywright: " + words, Outcome = Outcome.NotSent }, null);
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

        /// <summary>A key or an address that is set: what is not set somewhere must not quietly become what the environment says.</summary>
        internal static T Given<T>(T? value, string name)
            where T : class =>
            value ?? throw new ArgumentNullException(name, "keywright: give a value, or leave it out so that the environment is read");

        internal static ulong Count(long value, string field) =>
            value >= 0 ? (ulong)value : throw Failure.Config(field, "is negative", "give 0 or more");
    }
}
