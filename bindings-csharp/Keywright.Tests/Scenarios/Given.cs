using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml;

namespace Keywright.Tests.Scenarios
{
    /// <summary>Takes the arguments of a step one by one; what is left over at the end nobody has read.</summary>
    internal sealed class Given
    {
        private readonly Dictionary<string, object?> arguments;

        internal Given(Dictionary<string, object?> arguments)
        {
            this.arguments = new Dictionary<string, object?>(arguments);
        }

        internal object? Value(string name) => arguments.Remove(name, out var value) ? value : null;

        internal string? TextOrNone(string name)
        {
            var value = Value(name);
            return value is null || value is string || value is long || value is double
                ? value is null ? null : Tree.Plain(value)
                : throw new ScenarioException($"`{name}` is no text");
        }

        internal string Text(string name) => TextOrNone(name) ?? throw new ScenarioException($"`{name}` is missing");

        internal bool Flag(string name) => Value(name) is bool flag && flag;

        internal bool? Switch(string name) => Value(name) as bool?;

        internal int? Count(string name) => Value(name) is { } value ? Convert.ToInt32(value, CultureInfo.InvariantCulture) : (int?)null;

        internal TimeSpan? Seconds(string name) =>
            Value(name) is { } value ? TimeSpan.FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)) : (TimeSpan?)null;

        internal DateTimeOffset? Time(string name) =>
            TextOrNone(name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : (DateTimeOffset?)null;

        internal TimeSpan? Duration(string name) => TextOrNone(name) is { } text ? XmlConvert.ToTimeSpan(text) : (TimeSpan?)null;

        internal List<string>? Texts(string name) => (Value(name) as List<object?>)?.Select(Tree.Plain).ToList();

        internal Dictionary<string, string>? Pairs(string name) =>
            (Value(name) as Dictionary<string, object?>)?.ToDictionary(pair => pair.Key, pair => Tree.Plain(pair.Value));

        /// <summary>The value of an enum by its word.</summary>
        internal T? Word<T>(string name, Func<T, string> word)
            where T : struct, Enum =>
            TextOrNone(name) is { } text ? Enum.GetValues(typeof(T)).Cast<T>().Single(value => word(value) == text) : (T?)null;

        internal Json Rest()
        {
            var rest = new Json(Tree.Text(new Dictionary<string, object?>(arguments)));
            arguments.Clear();
            return rest;
        }

        internal void End()
        {
            if (arguments.Count > 0)
            {
                throw new ScenarioException($"nothing takes `{arguments.Keys.First()}` here");
            }
        }
    }
}
