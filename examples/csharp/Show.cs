namespace Keywright.Examples;

/// <summary>How the examples print: aligned lines and a table, no more.</summary>
internal static class Show
{
    /// <summary>Prints the name of a section.</summary>
    public static void Title(string text) => Console.WriteLine($"\n{text}");

    /// <summary>Prints one aligned line: what was done, and what came of it.</summary>
    public static void Line(string what, object? outcome) => Console.WriteLine($"  {what,-26}{outcome}");

    /// <summary>Prints rows of text in aligned columns; the first is the head.</summary>
    public static void Table(List<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        rows.Insert(1, widths.Select(width => new string('-', width)).ToArray());
        foreach (var row in rows)
        {
            Console.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    /// <summary>A failure as kind and the service's own words, or the remedy where nothing was sent.</summary>
    public static async Task<string> Said(Task call)
    {
        try
        {
            await call;
            return "done";
        }
        catch (KeywrightException error)
        {
            return $"{error.Kind.ToWord()}: {error.ServiceMessage ?? error.Remedy}";
        }
    }

    /// <summary>What a call fails with.</summary>
    public static async Task<KeywrightException?> Failure(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (KeywrightException error)
        {
            return error;
        }
    }
}
