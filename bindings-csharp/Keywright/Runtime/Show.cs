using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Keywright
{
    /// <summary>How values show themselves: secrets, bodies and JSON of services only by their size.</summary>
    internal sealed class Show
    {
        private readonly StringBuilder text = new StringBuilder();
        private bool isFirst = true;

        internal Show(string name)
        {
            text.Append(name).Append(" { ");
        }

        public override string ToString() => text.ToString() + " }";

        internal Show With(string name, object? value)
        {
            text.Append(isFirst ? string.Empty : ", ").Append(name).Append(" = ").Append(Of(value));
            isFirst = false;
            return this;
        }

        private static string Of(object? value)
        {
            switch (value)
            {
                case null:
                    return "null";
                case Json json:
                    return $"({json.Text.Length} characters of JSON)";
                case ReadOnlyMemory<byte> bytes:
                    return $"({bytes.Length} bytes)";
                case IReadOnlyList<KeyValuePair<string, string>> pairs:
                    return $"({pairs.Count} pairs)";
                case DateTimeOffset time:
                    return time.ToString("O", CultureInfo.InvariantCulture);
                case IReadOnlyList<string> texts:
                    return "[" + string.Join(", ", texts) + "]";
                case IReadOnlyCollection<object> list:
                    return $"[{list.Count}]";
                default:
                    return Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
            }
        }
    }
}
