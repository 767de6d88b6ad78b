using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Text;

namespace Keywright
{
    internal delegate T Read<T>(ref Reader r);

    /// <summary>Reads values in the order in which they were written.</summary>
    internal unsafe struct Reader
    {
        internal static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        private const long TicksToMax = 3155378975999999999 - 621355968000000000;
        private byte* at;
        private readonly byte* end;

        internal Reader(byte* data, ulong length)
        {
            at = data;
            end = data + length;
        }

        internal bool Bool() => *Take(1) != 0;

        internal bool Some() => *Take(1) != 0;

        internal int U16() => BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(Take(2), 2));

        internal int U32() => checked((int)BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(Take(4), 4)));

        internal long U64() => checked((long)Handle());

        internal ulong Handle() => BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(Take(8), 8));

        internal double F64() => BitConverter.Int64BitsToDouble((long)Handle());

        internal string Text()
        {
            var length = Length();
            return length == 0 ? string.Empty : Utf8.GetString(Take(length), length);
        }

        internal ReadOnlyMemory<byte> Bytes()
        {
            var length = Length();
            return new ReadOnlySpan<byte>(Take(length), length).ToArray();
        }

        internal DateTimeOffset Time()
        {
            var seconds = (long)Handle();
            long nanoseconds = U32();
            var ticks = Ticks(Math.Abs(seconds), nanoseconds, TicksToMax);
            return DateTimeOffset.UnixEpoch.AddTicks(seconds < 0 ? Math.Max(-ticks, -DateTimeOffset.UnixEpoch.Ticks) : ticks);
        }

        internal TimeSpan Duration()
        {
            var seconds = (long)Math.Min(Handle(), long.MaxValue);
            return new TimeSpan(Ticks(seconds, U32(), long.MaxValue));
        }

        /// <summary>The place of a word in its list, from 0.</summary>
        internal int Variant(int count)
        {
            var place = Length() - 1;
            return place >= 0 && place < count ? place : throw Odd();
        }

        internal IReadOnlyList<T> List<T>(Read<T> read)
        {
            var count = Length();
            if (count == 0)
            {
                return Array.Empty<T>();
            }

            // Each element has at least one byte: a wrong length must not allocate.
            var items = new T[Math.Min(count, end - at)];
            for (var place = 0; place < items.Length; place++)
            {
                items[place] = read(ref this);
            }

            return items.Length == count ? new ReadOnlyCollection<T>(items) : throw Odd();
        }

        internal IReadOnlyList<KeyValuePair<string, string>> Pairs() =>
            List((ref Reader r) => new KeyValuePair<string, string>(r.Text(), r.Text()));

        private static long Ticks(long seconds, long nanoseconds, long most)
        {
            const long PerSecond = TimeSpan.TicksPerSecond;
            return seconds >= most / PerSecond ? most : (seconds * PerSecond) + (nanoseconds / 100);
        }

        private static Exception Odd() => Failure.Internal("an answer of the native library could not be read: please report it");

        private int Length()
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(Take(4), 4));
            return length >= 0 ? length : throw Odd();
        }

        private byte* Take(int count)
        {
            if (end - at < count)
            {
                throw Odd();
            }

            var here = at;
            at += count;
            return here;
        }
    }
}
