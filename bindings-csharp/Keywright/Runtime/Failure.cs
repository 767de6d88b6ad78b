using System;

namespace Keywright
{
    /// <summary>Failures that are seen before anything crosses.</summary>
    internal static partial class Failure
    {
        /// <summary>A wrong argument: which one, why, and what to do instead.</summary>
        internal static KeywrightException Config(string field, string reason, string remedy) =>
            Of(Empty(ErrorKind.Config, $"`{field}` {reason}; {remedy}", field, remedy), null);

        /// <summary>A defect.</summary>
        internal static KeywrightException Internal(string words) => Of(Empty(ErrorKind.Internal, words, null, null), null);

        private static ErrorInfo Empty(ErrorKind kind, string words, string? field, string? remedy) => new ErrorInfo
        {
            Kind = kind,
            Text = "keywright: " + words,
            Field = field,
            Remedy = remedy,
            Outcome = Outcome.NotSent,
            Attempts = Array.Empty<Attempt>(),
            Candidates = Array.Empty<string>(),
            Fields = Array.Empty<FieldError>(),
        };
    }
}
