using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Text;

namespace Keywright
{
    internal delegate T Read<T>(ref Reader r);

    /// <summary>Reads values in the order in which they were written.</summary>
    internal ref struct Reader
    {
        internal static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        private ReadOnlySpan<byte> rest;

        internal Reader(ReadOnlySpan<byte> bytes)
        {
            rest = bytes;
        }

        internal bool Bool() => Take(1)[0] != 0;

        internal int U16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

        internal int U32() => checked((int)BinaryPrimitives.ReadUInt32BigEndian(Take(4)));

        internal long U64() => checked((long)Handle());

        internal ulong Handle() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

        internal double F64() => BitConverter.Int64BitsToDouble((long)Handle());

        internal string Text() => Utf8.GetString(Take(Length()));

        /// <summary>A text that is all of its bytes, without a length.</summary>
        internal string Raw() => Utf8.GetString(Take(rest.Length));

        internal ReadOnlyMemory<byte> Bytes() => Take(Length()).ToArray();

        internal DateTimeOffset Time() => At((long)Handle());

        /// <summary>So many microseconds after 1970 began, within the years 1 to 9999.</summary>
        internal static DateTimeOffset At(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * (TimeSpan.TicksPerMillisecond / 1000));

        internal TimeSpan Duration() => new TimeSpan(Ticks((long)Math.Min(Handle(), long.MaxValue), U32(), long.MaxValue));

        /// <summary>The place of a word in its list, from 0.</summary>
        internal int Variant(int count)
        {
            var place = Length() - 1;
            return place >= 0 && place < count ? place : throw Odd();
        }

        internal IReadOnlyList<T> List<T>(Read<T> read)
        {
            var count = Length();

            // Each element has at least one byte: a wrong length must not allocate.
            if (count > rest.Length)
            {
                throw Odd();
            }

            var items = new T[count];
            for (var place = 0; place < count; place++)
            {
                items[place] = read(ref this);
            }

            return new ReadOnlyCollection<T>(items);
        }

        private static long Ticks(long seconds, long nanoseconds, long most) =>
            seconds >= most / TimeSpan.TicksPerSecond ? most : (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100);

        internal static Exception Odd() => Failure.Internal("an answer of the native library could not be read: please report it");

        private int Length()
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(Take(4));
            return length >= 0 ? length : throw Odd();
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (rest.Length < count)
            {
                throw Odd();
            }

            var taken = rest.Slice(0, count);
            rest = rest.Slice(count);
            return taken;
        }
    }
}
