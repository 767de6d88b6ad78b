using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;

namespace Keywright.Tests.Scenarios
{
    /// <summary>The JSON form of every result and of every error. The secret of a new key is exposed here and nowhere else.</summary>
    internal static class Forms
    {
        internal static Dictionary<string, object?> Of(Meta meta) => Tree.Map(
            "request_id", meta.RequestId,
            "status", meta.Status,
            "attempts", meta.Attempts,
            "elapsed", meta.Elapsed.TotalSeconds,
            "queued", meta.Queued.TotalSeconds,
            "rate_limit", meta.RateLimit is null ? null : Tree.Map("limit", meta.RateLimit.Limit, "remaining", meta.RateLimit.Remaining, "reset_in", meta.RateLimit.ResetIn.TotalSeconds),
            "ambiguous", meta.Ambiguous,
            "partial", meta.Partial);

        internal static Dictionary<string, object?> With(this Dictionary<string, object?> form, Meta? meta)
        {
            if (meta != null)
            {
                form["meta"] = Of(meta);
            }

            return form;
        }

        internal static Dictionary<string, object?> Of(Key key) => Tree.Map(
            "id", key.Id,
            "name", key.Name,
            "display_name", key.DisplayName,
            "status", key.Status,
            "status_label", key.StatusLabel,
            "is_effective", key.IsEffective,
            "prefix", key.Prefix,
            "scopes", Texts(key.Scopes),
            "account_id", key.AccountId,
            "created_at", Time(key.CreatedAt),
            "last_used_at", Time(key.LastUsedAt),
            "expires_at", Time(key.ExpiresAt),
            "archived_at", Time(key.ArchivedAt),
            "revoked_at", Time(key.RevokedAt),
            "allowed_actions", Texts(key.AllowedActions),
            "told_members", Texts(((KeyMember[])Enum.GetValues(typeof(KeyMember))).Where(key.Told).Select(one => one.ToWord())),
            "data", Tree.Parse(key.Data.Text));

        internal static Dictionary<string, object?> Of(CreatedKey made) =>
            Tree.Map("key", Of(made.Key), "secret", made.Secret.Expose()).With(made.Meta);

        internal static Dictionary<string, object?> Of(Retired retired) =>
            retired.Key is null ? Of(retired.Meta) : Of(retired.Key).With(retired.Meta);

        internal static Dictionary<string, object?> Of(Item item) => Tree.Map(
            "id", item.Id,
            "name", item.Name,
            "status", item.Status,
            "created_at", Time(item.CreatedAt),
            "data", Tree.Parse(item.Data.Text)).With(item.Meta);

        internal static Dictionary<string, object?> Of(JsonReply reply) => Tree.Map("data", Tree.Parse(reply.Data.Text)).With(reply.Meta);

        internal static Dictionary<string, object?> Of(CallRecord call) => Tree.Map(
            "id", call.Id,
            "method", call.Method,
            "endpoint", call.Endpoint,
            "status", call.Status,
            "error", call.Error,
            "started_at", Time(call.StartedAt));

        internal static Dictionary<string, object?> Of(UsageReport report) => Tree.Map(
            "granularity", report.Granularity,
            "total", report.Total,
            "slices", Tree.List(report.Slices, slice => Tree.Map(
                "start", Time(slice.Start),
                "credits", slice.Credits,
                "activities", Tree.List(slice.Activities, one => Tree.Map("activity", one.Activity, "credits", one.Credits, "origin", one.Origin))))).With(report.Meta);

        internal static Dictionary<string, object?> Of(Response response)
        {
            object? body;
            try
            {
                body = Tree.Parse(response.Json().Text);
            }
            catch (DecodeException)
            {
                body = response.Text();
            }

            var headers = response.Headers.GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => (object?)group.Last().Value);
            return Tree.Map("status", response.Status, "headers", headers, "body", body).With(response.Meta);
        }

        internal static Dictionary<string, object?> Of(Description description) => Tree.Map(
            "service", description.Service,
            "variant", description.Variant,
            "base_url", description.BaseUrl,
            "base_url_origin", description.BaseUrlOrigin,
            "account", description.Account,
            "credentials", Tree.List(description.Credentials, one => Tree.Map("name", one.Name, "origin", one.Origin, "digest", one.Digest)));

        internal static Dictionary<string, object?> Of(KeywrightException error) => Tree.Map(
            "kind", error.Kind.ToWord(),
            "reason", error.Reason,
            "service", error.Service,
            "operation", error.Operation,
            "status", error.StatusCode,
            "code", error.Code,
            "message", error.ServiceMessage,
            "request_id", error.RequestId,
            "retry_after", error.RetryAfter?.TotalSeconds,
            "outcome", error.Outcome.ToWord(),
            "stop", error.Stop?.ToWord(),
            "timeout_scope", error.TimeoutScope?.ToWord(),
            "attempts", Tree.List(error.Attempts, one => Tree.Map("n", one.N, "status", one.Status, "phase", one.Phase, "delay_before", one.DelayBefore.TotalSeconds, "duration", one.Duration.TotalSeconds)),
            "candidates", Texts(error.Candidates),
            "remedy", error.Remedy,
            "field", error.Field,
            "fields", Tree.List(error.Fields, one => Tree.Map("field", one.Field, "messages", Texts(one.Messages))),
            "excerpt", error.Excerpt,
            "text", error.Message);

        internal static Dictionary<string, object?> Page<T>(IEnumerable<T> items, bool hasNext, Func<T, object?> form) =>
            Tree.Map("items", Tree.List(items, form), "has_next", hasNext);

        private static List<object?> Texts(IEnumerable<string> texts) => texts.Cast<object?>().ToList();

        private static string? Time(DateTimeOffset? at) =>
            at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }
}
