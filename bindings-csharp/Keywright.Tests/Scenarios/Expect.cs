using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace Keywright.Tests.Scenarios
{
    /// <summary>Compares a result with what a step expects, partially. A matcher that nobody knows is an error.</summary>
    internal sealed class Expect
    {
        private readonly Saved saved;

        internal Expect(Saved saved)
        {
            this.saved = saved;
        }

        internal List<string> Differences(object? expected, object? seen)
        {
            var found = new List<string>();
            Compare(expected, seen, string.Empty, found);
            return found;
        }

        private void Compare(object? expected, object? seen, string at, List<string> found)
        {
            switch (expected)
            {
                case string text when text.StartsWith("~", StringComparison.Ordinal):
                    if (!Fits(text.Substring(1), seen))
                    {
                        found.Add($"{at}: {Tree.Text(seen)} does not fit {text}");
                    }

                    return;
                case Dictionary<string, object?> due when seen is Dictionary<string, object?> members:
                    foreach (var pair in due)
                    {
                        members.TryGetValue(pair.Key, out var member);
                        Compare(pair.Value, member, $"{at}/{pair.Key}", found);
                    }

                    return;
                case List<object?> due when seen is List<object?> items:
                    foreach (var one in due.Where(one => !items.Any(item => Differences(one, item).Count == 0)))
                    {
                        found.Add($"{at}: no element fits {Tree.Text(one)} in {Tree.Text(seen)}");
                    }

                    return;
                default:
                    if (!Same(saved.Resolve(expected), seen))
                    {
                        found.Add($"{at}: {Tree.Text(seen)} instead of {Tree.Text(expected)}");
                    }

                    return;
            }
        }

        /// <summary>Numbers by value, ids also across text and number, since one service numbers its keys.</summary>
        private static bool Same(object? due, object? seen)
        {
            if (IsNumber(due) && IsNumber(seen))
            {
                return Convert.ToDouble(due, CultureInfo.InvariantCulture).Equals(Convert.ToDouble(seen, CultureInfo.InvariantCulture));
            }

            return (IsNumber(due) && seen is string) || (due is string && IsNumber(seen))
                ? Tree.Plain(due) == Tree.Plain(seen)
                : due is null || seen is null ? due is null && seen is null : Tree.Text(due) == Tree.Text(seen);
        }

        private static bool IsNumber(object? value) => value is long || value is int || value is double;

        private bool Fits(string matcher, object? seen)
        {
            var space = matcher.IndexOf(' ');
            var word = space < 0 ? matcher : matcher.Substring(0, space);
            var rest = space < 0 ? string.Empty : matcher.Substring(space + 1);
            var text = seen as string;
            var items = seen as List<object?>;
            switch (word)
            {
                case "any":
                    return seen != null;
                case "null":
                    return seen is null;
                case "time":
                    return text != null && Regex.IsMatch(text, @"^\d{4}-\d\d-\d\dT.{8,}Z$");
                case "starts":
                    return text?.StartsWith(rest, StringComparison.Ordinal) == true;
                case "ends":
                    return text?.EndsWith(rest, StringComparison.Ordinal) == true;
                case "has":
                    return text?.Contains(rest, StringComparison.Ordinal) == true;
                case "lacks":
                    var what = Tree.Plain(saved.Resolve(rest));
                    return what.Length > 0 ? !Tree.Text(seen).Contains(what, StringComparison.Ordinal) : throw new ScenarioException("`~lacks` has nothing to look for");
                case "length":
                    return text != null && new StringInfo(text).LengthInTextElements == Number(rest);
                case "count":
                    return items?.Count == Number(rest);
                case "min":
                    return items?.Count >= Number(rest);
                case "first":
                    return items?.Count > 0 && Differences(Table(rest), items[0]).Count == 0;
                default:
                    throw new ScenarioException($"`~{matcher}` is no matcher");
            }
        }

        private static int Number(string text) =>
            int.TryParse(text, out var number) ? number : throw new ScenarioException($"`{text}` is no number");

        /// <summary>An inline table of TOML whose keys are bare words.</summary>
        private static object? Table(string text) => Tree.Parse(Regex.Replace(text, @"([A-Za-z_]+)\s*=", "\"$1\":"));
    }
}
