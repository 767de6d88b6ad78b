#if !HAVE_XUNIT
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Xunit
{
    /// <summary>What the tests use of xunit, for machines that cannot have it.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal class FactAttribute : Attribute
    {
    }

    internal sealed class TheoryAttribute : FactAttribute
    {
    }

    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class MemberDataAttribute : Attribute
    {
        internal MemberDataAttribute(string name) => Name = name;

        internal string Name { get; }
    }

    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    internal sealed class InlineDataAttribute : Attribute
    {
        // One `null` is given as the whole array.
        internal InlineDataAttribute(params object?[]? row) => Row = row ?? new object?[] { null };

        internal object?[] Row { get; }
    }

    internal static class Assert
    {
        internal static void Fail(string message) => Check(false, message);

        internal static void All<T>(IEnumerable<T> items, Action<T> check)
        {
            foreach (var item in items)
            {
                check(item);
            }
        }

        internal static void True(bool condition, string? message = null) => Check(condition, message ?? "it is not true");

        internal static void False(bool condition, string? message = null) => Check(!condition, message ?? "it is true");

        internal static void Null(object? value) => Check(value is null, $"{value} is not null");

        internal static void NotNull(object? value) => Check(value != null, "it is null");

        internal static void Same(object? due, object? seen) => Check(ReferenceEquals(due, seen), "they are not the same");

        internal static void Equal<T>(T due, T seen) => Check(Alike(due, seen), $"{seen} instead of {due}");

        internal static void Equal<T>(IEnumerable<T> due, IEnumerable<T> seen) => Check(Alike(due, seen), "the items differ");

        internal static void NotEqual<T>(T due, T seen) => Check(!Alike(due, seen), $"they are both {due}");

        internal static void Empty(IEnumerable items) => Check(!items.Cast<object?>().Any(), "it is not empty");

        internal static void NotEmpty(IEnumerable items) => Check(items.Cast<object?>().Any(), "it is empty");

        internal static T Single<T>(IEnumerable<T> items)
        {
            var all = items.ToList();
            Check(all.Count == 1, $"{all.Count} instead of one");
            return all[0];
        }

        internal static void Contains(string part, string? text) => Check(text?.Contains(part, StringComparison.Ordinal) == true, $"`{part}` is not in {text}");

        internal static void DoesNotContain(string part, string? text) => Check(text?.Contains(part, StringComparison.Ordinal) != true, $"`{part}` is in {text}");

        internal static void Contains<T>(T item, IEnumerable<T> items) => Check(items.Contains(item), $"{item} is not there");

        internal static T IsType<T>(object? value) => value is T one && value.GetType() == typeof(T) ? one : throw new InvalidOperationException($"{value} is no {typeof(T)}");

        internal static T Throws<T>(Action call)
            where T : Exception =>
            ThrowsAsync<T>(() =>
            {
                call();
                return Task.CompletedTask;
            }).GetAwaiter().GetResult();

        internal static async Task<T> ThrowsAsync<T>(Func<Task> call)
            where T : Exception
        {
            var error = await ThrowsAnyAsync<T>(call);
            return error.GetType() == typeof(T) ? error : throw new InvalidOperationException($"{error} is no {typeof(T)}");
        }

        internal static async Task<T> ThrowsAnyAsync<T>(Func<Task> call)
            where T : Exception
        {
            try
            {
                await call();
            }
            catch (T error)
            {
                return error;
            }

            throw new InvalidOperationException($"no {typeof(T)} was thrown");
        }

        private static bool Alike(object? due, object? seen) => due is IEnumerable one && seen is IEnumerable other && !(due is string)
            ? one.Cast<object?>().SequenceEqual(other.Cast<object?>())
            : Equals(due, seen);

        private static void Check(bool condition, string what)
        {
            if (!condition)
            {
                throw new InvalidOperationException(what);
            }
        }
    }

    /// <summary>Runs every test, or those whose name contains the first argument, and counts as the platform does.</summary>
    internal static class Program
    {
        private static async Task<int> Main(string[] arguments)
        {
            int passed = 0, failed = 0;
            var filter = arguments.FirstOrDefault() ?? string.Empty;
            foreach (var (name, test) in Tests().Where(test => test.Name.Contains(filter, StringComparison.Ordinal)))
            {
                try
                {
                    await test();
                    passed++;
                }
                catch (Exception error)
                {
                    failed++;
                    Console.WriteLine($"failed {name}\n{(error as TargetInvocationException)?.InnerException ?? error}");
                }
            }

            Console.WriteLine($"  total: {passed + failed}\n  failed: {failed}\n  succeeded: {passed}\n  skipped: 0");
            return failed == 0 && passed > 0 ? 0 : 1;
        }

        private static IEnumerable<(string Name, Func<Task> Test)> Tests()
        {
            var methods = typeof(Program).Assembly.GetTypes().SelectMany(type => type.GetMethods());
            foreach (var method in methods.Where(method => method.GetCustomAttribute<FactAttribute>() != null))
            {
                foreach (var row in Rows(method))
                {
                    yield return ($"{method.DeclaringType!.Name}.{method.Name} {string.Join(", ", row)}", async () =>
                    {
                        var instance = Activator.CreateInstance(method.DeclaringType!);
                        using (instance as IDisposable)
                        {
                            await (method.Invoke(instance, row) as Task ?? Task.CompletedTask);
                        }
                    });
                }
            }
        }

        private static IEnumerable<object?[]> Rows(MethodInfo method)
        {
            var data = method.GetCustomAttribute<MemberDataAttribute>();
            if (data != null)
            {
                return (IEnumerable<object?[]>)method.DeclaringType!.GetProperty(data.Name)!.GetValue(null)!;
            }

            var rows = method.GetCustomAttributes<InlineDataAttribute>().Select(one => one.Row).ToList();
            return rows.Count > 0 ? rows : new List<object?[]> { Array.Empty<object?>() };
        }
    }
}
#endif
