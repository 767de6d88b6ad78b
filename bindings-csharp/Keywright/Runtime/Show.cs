using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Keywright
{
    /// <summary>How values show themselves: secrets, bodies and JSON of services only by their size.</summary>
    internal static class Show
    {
        internal static string Of(string name, params (string Name, object? Value)[] members) =>
            $"{name} {{ {string.Join(", ", members.Select(member => $"{member.Name} = {Text(member.Value)}"))} }}";

        private static string Text(object? value)
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
                case System.Collections.ICollection words:
                    return $"[{words.Count}]";
                default:
                    return Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
            }
        }
    }
}
