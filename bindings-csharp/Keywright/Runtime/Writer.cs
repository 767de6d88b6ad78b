using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using System.Threading;

namespace Keywright
{
    /// <summary>
    /// Writes the arguments of one call into bytes that are used again, and wiped before: there may be a key among them.
    /// Nothing is allocated for the native library before all are written.
    /// </summary>
    internal sealed class Writer : IDisposable
    {
        private const int Kept = 64 * 1024;

        [ThreadStatic]
        private static Writer? idle;

        private readonly List<(NativeHandle Of, ulong Copy)> references = new List<(NativeHandle, ulong)>();
        private byte[] bytes = new byte[256];
        private int start;
        private int length;

        /// <summary>The function that stores the secret of this call.</summary>
        internal StoreCall? StoreCall { get; set; }

        /// <summary>The variables that the client of this call reads.</summary>
        internal IEnumerable<string>? Variables { get; set; }

        internal static Writer Rent()
        {
            var writer = idle ?? new Writer();
            idle = null;
            return writer;
        }

        /// <summary>Ends an argument.</summary>
        internal Range End()
        {
            var argument = start..length;
            start = length;
            return argument;
        }

        /// <summary>A reference for the native library, which is let go of unless it is passed.</summary>
        internal ulong Reference(NativeHandle handle)
        {
            var copy = handle.Clone();
            references.Add((handle, copy));
            return copy;
        }

        /// <summary>From here on the references belong to the native library.</summary>
        internal void Pass() => references.Clear();

        internal unsafe RustBuffer ToRust(Range argument)
        {
            RustCallStatus status = default;
            var given = new ReadOnlySpan<byte>(bytes)[argument];
            var buffer = Native.ffi_keywright_facade_rustbuffer_alloc((ulong)given.Length, &status);
            Rust.Check(ref status, null);
            given.CopyTo(new Span<byte>(buffer.Data, given.Length));
            return buffer;
        }

        public void Dispose()
        {
            references.ForEach(reference => reference.Of.Free(reference.Copy));
            references.Clear();
            Array.Clear(bytes, 0, length);
            start = length = 0;
            StoreCall = null;
            Variables = null;
            if (bytes.Length <= Kept)
            {
                idle = this;
            }
        }

        internal void Bool(bool value) => Take(1)[0] = (byte)(value ? 1 : 0);

        internal void U16(int value, string field)
        {
            if (value < 0 || value > ushort.MaxValue)
            {
                throw Failure.Config(field, "is out of range", "give 0 up to 65535");
            }

            BinaryPrimitives.WriteUInt16BigEndian(Take(2), (ushort)value);
        }

        internal void U32(int value, string field) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), (uint)Check.Count(value, field));

        internal void U64(long value, string field) => Handle(Check.Count(value, field));

        internal void F64(double value) => Handle((ulong)BitConverter.DoubleToInt64Bits(value));

        internal void Deliver() => Handle((ulong)(StoreCall?.Number ?? 0));

        internal void Handle(NativeHandle handle) => Handle(Reference(handle));

        /// <summary>No end is infinity.</summary>
        internal void Limit(TimeSpan value) =>
            F64(value == Timeout.InfiniteTimeSpan ? double.PositiveInfinity : value.TotalSeconds);

        /// <summary>A word of a closed list, which a cast may have made of any number.</summary>
        internal void Variant(int place, int count, string field, string words)
        {
            if (place < 0 || place >= count)
            {
                throw Failure.Config(field, "is not known", $"use one of {words}");
            }

            BinaryPrimitives.WriteInt32BigEndian(Take(4), place + 1);
        }

        /// <summary>What was given as the environment, or what the environment of .NET says of the variables that a client reads.</summary>
        internal void Environment(IEnumerable<KeyValuePair<string, string>>? given)
        {
            Bool(true);
            if (given != null)
            {
                Pairs(given, "env");
                return;
            }

            var found = new List<KeyValuePair<string, string>>();
            foreach (var name in Variables ?? Array.Empty<string>())
            {
                if (System.Environment.GetEnvironmentVariable(name) is { } value)
                {
                    found.Add(new KeyValuePair<string, string>(name, value));
                }
            }

            Pairs(found, "env");
        }

        internal void Text(string value, string field)
        {
            var at = length;
            Take(4);
            Raw(value, field);
            BinaryPrimitives.WriteInt32BigEndian(new Span<byte>(bytes, at, 4), length - at - 4);
        }

        /// <summary>The text without its length.</summary>
        internal void Raw(string value, string field)
        {
            Check.NotNull(value, field);
            try
            {
                Reserve(Reader.Utf8.GetMaxByteCount(value.Length));
                length += Reader.Utf8.GetBytes(value, 0, value.Length, bytes, length);
            }
            catch (EncoderFallbackException)
            {
                // Half a pair must not become another character: a key with one would be another key.
                throw Failure.Config(field, "holds half a surrogate pair, which is no character", "remove it");
            }
        }

        internal void Bytes(ReadOnlyMemory<byte>? value)
        {
            var given = value.GetValueOrDefault();
            BinaryPrimitives.WriteInt32BigEndian(Take(4), given.Length);
            given.Span.CopyTo(Take(given.Length));
        }

        internal void Time(DateTimeOffset value) => Handle((ulong)Micros(value));

        /// <summary>Microseconds since 1970, rounded down: neither count of ticks is negative.</summary>
        internal static long Micros(DateTimeOffset value)
        {
            const long Tick = TimeSpan.TicksPerMillisecond / 1000;
            return (value.UtcTicks / Tick) - (DateTimeOffset.UnixEpoch.Ticks / Tick);
        }

        internal void Duration(TimeSpan value, string field)
        {
            if (value == Timeout.InfiniteTimeSpan)
            {
                throw Failure.Config(field, "has no end, and this one must have one", "give a length of time");
            }

            if (value < TimeSpan.Zero)
            {
                throw Failure.Config(field, "is negative", "give a length of time");
            }

            Handle((ulong)(value.Ticks / TimeSpan.TicksPerSecond));
            BinaryPrimitives.WriteUInt32BigEndian(Take(4), (uint)(value.Ticks % TimeSpan.TicksPerSecond * 100));
        }

        internal void List<T>(IReadOnlyCollection<T>? values, string field, Action<Writer, T> write)
        {
            BinaryPrimitives.WriteInt32BigEndian(Take(4), values?.Count ?? 0);
            foreach (var value in values ?? Array.Empty<T>())
            {
                Check.NotNull(value, field);
                write(this, value);
            }
        }

        internal void Pairs(IEnumerable<KeyValuePair<string, string>> values, string field)
        {
            var at = length;
            var count = 0;
            Take(4);
            foreach (var pair in values)
            {
                Text(pair.Key, field);
                Text(pair.Value, field);
                count++;
            }

            BinaryPrimitives.WriteInt32BigEndian(new Span<byte>(bytes, at, 4), count);
        }

        private void Handle(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

        private Span<byte> Take(int count)
        {
            Reserve(count);
            var taken = new Span<byte>(bytes, length, count);
            length += count;
            return taken;
        }

        private void Reserve(int count)
        {
            if (bytes.Length - length >= count)
            {
                return;
            }

            var grown = new byte[Math.Max(checked(length + count), bytes.Length * 2)];
            Buffer.BlockCopy(bytes, 0, grown, 0, length);
            Array.Clear(bytes, 0, length);
            bytes = grown;
        }
    }
}
