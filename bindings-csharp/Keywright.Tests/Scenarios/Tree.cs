using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace Keywright.Tests.Scenarios
{
    /// <summary>JSON as objects that can be changed: null, bool, long, double, string, list, map.</summary>
    internal static class Tree
    {
        internal static object? Parse(string json)
        {
            using (var document = JsonDocument.Parse(json))
            {
                return Of(document.RootElement);
            }
        }

        internal static Dictionary<string, object?> Map(object? value) =>
            value as Dictionary<string, object?> ?? new Dictionary<string, object?>();

        /// <summary>A map of names and values, one after the other.</summary>
        internal static Dictionary<string, object?> Map(params object?[] pairs)
        {
            var map = new Dictionary<string, object?>();
            for (var place = 0; place < pairs.Length; place += 2)
            {
                map[(string)pairs[place]!] = pairs[place + 1];
            }

            return map;
        }

        internal static List<object?> List<T>(IEnumerable<T> items, Func<T, object?> form) => items.Select(form).ToList();

        internal static string Text(object? value)
        {
            var buffer = new MemoryStream();
            var options = new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            using (var writer = new Utf8JsonWriter(buffer, options))
            {
                Write(writer, value);
            }

            return Encoding.UTF8.GetString(buffer.ToArray());
        }

        /// <summary>A text as it is, anything else as JSON.</summary>
        internal static string Plain(object? value) => value as string ?? Text(value);

        private static object? Of(JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    return value.EnumerateObject().ToDictionary(member => member.Name, member => Of(member.Value));
                case JsonValueKind.Array:
                    return value.EnumerateArray().Select(Of).ToList();
                case JsonValueKind.String:
                    return value.GetString();
                case JsonValueKind.Number:
                    return value.TryGetInt64(out var whole) ? whole : (object)value.GetDouble();
                case JsonValueKind.True:
                    return true;
                case JsonValueKind.False:
                    return false;
                default:
                    return null;
            }
        }

        private static void Write(Utf8JsonWriter writer, object? value)
        {
            switch (value)
            {
                case null:
                    writer.WriteNullValue();
                    break;
                case bool flag:
                    writer.WriteBooleanValue(flag);
                    break;
                case string text:
                    writer.WriteStringValue(text);
                    break;
                case double number:
                    writer.WriteNumberValue(number);
                    break;
                case Dictionary<string, object?> map:
                    writer.WriteStartObject();
                    foreach (var pair in map)
                    {
                        writer.WritePropertyName(pair.Key);
                        Write(writer, pair.Value);
                    }

                    writer.WriteEndObject();
                    break;
                case List<object?> list:
                    writer.WriteStartArray();
                    list.ForEach(item => Write(writer, item));
                    writer.WriteEndArray();
                    break;
                default:
                    writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
            }
        }
    }
}
