using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Keywright.Tests.Scenarios
{
    /// <summary>A scenario that makes no sense: never what a scenario expects.</summary>
    internal sealed class ScenarioException : Exception
    {
        internal ScenarioException(string what)
            : base(what)
        {
        }
    }

    /// <summary>What a run knows by name: <c>"$k.key.id"</c> with its type, <c>"${k.key.id}"</c> inside a text.</summary>
    internal sealed class Saved
    {
        private readonly Dictionary<string, object?> names = new Dictionary<string, object?>();

        internal void Keep(string name, object? value) => names[name] = value;

        internal object? Resolve(object? value)
        {
            switch (value)
            {
                case string text:
                    return text.StartsWith("$", StringComparison.Ordinal) && !text.StartsWith("${", StringComparison.Ordinal)
                        ? At(text.Substring(1))
                        : Regex.Replace(text, @"\$\{([^}]*)\}", found => Tree.Plain(At(found.Groups[1].Value)));
                case List<object?> list:
                    return list.Select(Resolve).ToList();
                case Dictionary<string, object?> map when map.Count == 2 && map.ContainsKey("repeat") && map.ContainsKey("of"):
                    return Repeated(Convert.ToInt32(map["repeat"]), Resolve(map["of"]));
                case Dictionary<string, object?> map:
                    return Members(map);
                default:
                    return value;
            }
        }

        internal Dictionary<string, object?> Members(object? map) => Tree.Map(map).ToDictionary(pair => pair.Key, pair => Resolve(pair.Value));

        private static object Repeated(int count, object? of) => of is string text
            ? string.Concat(Enumerable.Repeat(text, count))
            : (object)Enumerable.Repeat(of, count).ToList();

        private object? At(string path)
        {
            object? value = names;
            foreach (var part in path.Split('.'))
            {
                if (value is List<object?> list && int.TryParse(part, out var place) && place < list.Count)
                {
                    value = list[place];
                }
                else if (value is Dictionary<string, object?> map && map.TryGetValue(part, out var member))
                {
                    value = member;
                }
                else
                {
                    throw new ScenarioException($"nothing is known as ${path}");
                }
            }

            return value;
        }
    }
}
