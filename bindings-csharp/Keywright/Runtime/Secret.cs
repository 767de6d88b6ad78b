using System;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Keywright
{
    /// <summary>
    /// Text that shows nothing of itself: not in a log, not in a debugger, not through a serializer.
    /// It is an ordinary string inside, which the runtime does not wipe.
    /// </summary>
    [DebuggerDisplay("[secret]")]
#if NET8_0_OR_GREATER
    [System.Text.Json.Serialization.JsonConverter(typeof(Refused))]
#endif
    public sealed class Secret : IEquatable<Secret>
    {
        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        private readonly string text;

        /// <summary>Takes the text.</summary>
        /// <param name="text">The text.</param>
        public Secret(string text)
        {
            this.text = text ?? throw new ArgumentNullException(nameof(text));
        }

        /// <summary>Where a secret is taken, text can be given.</summary>
        /// <param name="text">The text.</param>
        [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull("text")]
        public static implicit operator Secret?(string? text) => text is null ? null : new Secret(text);

        /// <summary>The text itself: the only way to read it.</summary>
        /// <returns>The text.</returns>
        public string Expose() => text;

        /// <summary>The first eight hexadecimal digits of the SHA-256 of the text: enough to tell two keys apart in a log.</summary>
        /// <returns>Eight digits.</returns>
        public string Fingerprint()
        {
            using (var sha = SHA256.Create())
            {
                var digest = sha.ComputeHash(Encoding.UTF8.GetBytes(text));
                return BitConverter.ToString(digest, 0, 4).Replace("-", string.Empty).ToLowerInvariant();
            }
        }

        /// <summary>Equality of the texts, in a time that does not tell where they differ.</summary>
        /// <param name="other">The other.</param>
        /// <returns>Whether they are the same.</returns>
        public bool Equals(Secret? other) =>
            !(other is null) && CryptographicOperations.FixedTimeEquals(Encoding.Unicode.GetBytes(text), Encoding.Unicode.GetBytes(other.text));

        /// <inheritdoc/>
        public override bool Equals(object? obj) => Equals(obj as Secret);

        /// <inheritdoc/>
        public override int GetHashCode() => text.GetHashCode();

        /// <summary>Always the same words.</summary>
        /// <returns>The words.</returns>
        public override string ToString() => "[secret]";

#if NET8_0_OR_GREATER
        /// <summary>As JSON it would be something else than the secret, and sent as that.</summary>
        private sealed class Refused : System.Text.Json.Serialization.JsonConverter<Secret>
        {
            public override Secret Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options) =>
                new Secret(reader.GetString() ?? string.Empty);

            public override void Write(System.Text.Json.Utf8JsonWriter writer, Secret value, System.Text.Json.JsonSerializerOptions options) =>
                throw new NotSupportedException("keywright: a Secret is not written as JSON: give what Expose() gives, where you mean to send it");
        }
#endif
    }
}
