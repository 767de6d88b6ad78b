using System;
#if NET8_0_OR_GREATER
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
#endif

namespace Keywright
{
    /// <summary>
    /// JSON as text. Where it comes from the native library it was decoded strictly there: a member named twice
    /// is an error, integers beyond 2^53 - 1 are text.
    /// </summary>
#if NET8_0_OR_GREATER
    [System.Text.Json.Serialization.JsonConverter(typeof(AsItIs))]
#endif
    public sealed class Json : IEquatable<Json>
    {
        /// <summary>Takes JSON text; whether it is valid is told by the call that it is given to.</summary>
        /// <param name="text">JSON text.</param>
        public Json(string text)
        {
            Text = text ?? throw new ArgumentNullException(nameof(text));
        }

        /// <summary>The JSON text.</summary>
        public string Text { get; }

        /// <summary>Where JSON is taken, its text can be given.</summary>
        /// <param name="text">JSON text.</param>
        [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull("text")]
        public static implicit operator Json?(string? text) => text is null ? null : new Json(text);

#if NET8_0_OR_GREATER
        internal const string ByReflection = "The object is serialized by reflection; give JSON text, a JsonElement, or use Json.From(value, typeInfo).";

        private object? element;

        /// <summary>The decoded value, read when it is first asked for.</summary>
        public JsonElement Element => (JsonElement)(element ??= Parsed());

        /// <summary>A member of the object.</summary>
        /// <param name="name">Its name.</param>
        /// <exception cref="System.Collections.Generic.KeyNotFoundException">When it has no such member.</exception>
        public JsonElement this[string name] => Element.GetProperty(name);

        /// <summary>Where JSON is taken, a decoded value can be given.</summary>
        /// <param name="element">The value.</param>
        public static implicit operator Json(JsonElement element) => new Json(element.GetRawText());

        /// <summary>Serializes an object by reflection.</summary>
        /// <param name="value">The object.</param>
        /// <returns>Its JSON.</returns>
        [RequiresUnreferencedCode(ByReflection)]
        [RequiresDynamicCode(ByReflection)]
        public static Json From(object? value) => new Json(JsonSerializer.Serialize(value));

        /// <summary>Serializes an object by what a source generator knows of its type: safe for trimming and AOT.</summary>
        /// <typeparam name="T">Its type.</typeparam>
        /// <param name="value">The object.</param>
        /// <param name="type">What is known of the type.</param>
        /// <returns>Its JSON.</returns>
        public static Json From<T>(T value, JsonTypeInfo<T> type) => new Json(JsonSerializer.Serialize(value, type));

        /// <summary>Inside another value it is the JSON that it holds, not an object with a text.</summary>
        private sealed class AsItIs : System.Text.Json.Serialization.JsonConverter<Json>
        {
            public override Json Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
                JsonElement.ParseValue(ref reader);

            public override void Write(Utf8JsonWriter writer, Json value, JsonSerializerOptions options) =>
                writer.WriteRawValue(value.Text);
        }

        private JsonElement Parsed()
        {
            using var document = JsonDocument.Parse(Text);
            return document.RootElement.Clone();
        }
#endif

        /// <inheritdoc/>
        public bool Equals(Json? other) => other?.Text == Text;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => Equals(obj as Json);

        /// <inheritdoc/>
        public override int GetHashCode() => Text.GetHashCode();

        /// <summary>The JSON text.</summary>
        /// <returns>The text.</returns>
        public override string ToString() => Text;
    }
}
