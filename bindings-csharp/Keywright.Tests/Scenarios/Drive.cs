using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Keywright.Tests.Scenarios
{
    /// <summary>Drives the client by the steps of a scenario. It translates and decides nothing.</summary>
    internal sealed class Drive
    {
        private readonly OutputRecorder heard;
        private readonly CancellationToken token;

        internal Drive(OutputRecorder heard, CancellationToken token)
        {
            this.heard = heard;
            this.token = token;
        }

        /// <summary>Makes a call by its name and gives the JSON form of its result.</summary>
        internal async Task<Dictionary<string, object?>> Call(KeywrightClient client, string name, Given given)
        {
            var dot = name.IndexOf('.');
            var group = dot < 0 ? name : name.Substring(0, dot);
            var action = dot < 0 ? "call" : name.Substring(dot + 1);
            switch (group)
            {
                case "keys":
                    return await Keys(client.Keys, action, given, client);
                case "runs":
                    return await Runs(client.Runs, action, given);
                case "request":
                    return await Request(client, given);
                case "supports":
                    var capability = given.Text("capability");
                    var known = client.Capabilities().SingleOrDefault(one => one.Name == capability);
                    return Tree.Map("supported", client.Supports(capability), "remedy", known?.Remedy);
                case "describe":
                    return Forms.Of(Shown(client.Describe()));
                case "evaluate":
                    return Forms.Of(Shown(await client.EvaluateAsync(given.Rest(), token)));
                case "billing":
                    return Forms.Of(Shown(await client.BillingStatusAsync(token)));
                case "me":
                    return Forms.Of(Shown(await client.MeAsync(token)));
                case "account":
                    return Forms.Of(Shown(await (action == "get" ? client.AccountSettings.GetAsync(token) : client.AccountSettings.UpdateAsync(given.Rest(), token))));
                case "events":
                    return Forms.Of(Shown(await (action == "track"
                        ? client.Events.TrackAsync(given.Rest(), token)
                        : client.Events.TrackBatchAsync(Tree.Text(given.Value("events")), token))));
                case "segments" when action == "members":
                    return await Paged(client, given, (size, after) => client.Segments.MembersAsync(given.Text("id"), size, after, token), Forms.Of);
                case "segments" when action == "membership":
                    return Forms.Of(Shown(await client.Segments.MembershipAsync(given.Text("user_id"), token)));
                default:
                    return await Declared(client, client.Resource(group), action, given);
            }
        }

        private async Task<Dictionary<string, object?>> Keys(Keys keys, string action, Given given, KeywrightClient client)
        {
            switch (action)
            {
                case "create":
                    return Forms.Of(Shown(await keys.CreateAsync(Wanted(given, client), Delivery(given), token)));
                case "rotate":
                    return Forms.Of(Shown(await keys.RotateAsync(given.Text("id"), Delivery(given), token)));
                case "list":
                    return await Paged(client, given, (size, after) => keys.ListAsync(size, after, token), Forms.Of);
                case "calls":
                    var id = given.Text("id");
                    var query = new CallsQuery { Method = given.TextOrNone("method"), Status = given.Count("status") };
                    return await Paged(client, given, (size, after) => keys.CallsAsync(id, query, size, after, token), Forms.Of);
                case "usage":
                    return Forms.Of(Shown(await keys.UsageAsync(given.Text("id"), Usage(given), token)));
                case "update":
                    var key = Shown(await keys.UpdateAsync(given.Text("id"), Change(given), token));
                    return Forms.Of(key).With(key.Meta);
                case "revoke":
                    return Forms.Of(Shown(await keys.RevokeAsync(given.Text("id"), given.Flag("allow_self"), token)));
                case "retire":
                    return Forms.Of(Shown(await keys.RetireAsync(given.Text("id"), given.Flag("allow_self"), token)));
                case "delete":
                    return Forms.Of(Shown(await keys.DeleteAsync(given.Text("id"), given.Flag("allow_self"), token)).Meta);
                default:
                    return await ById(keys, action, given.Text("id"), given.Flag("allow_self"));
            }
        }

        private async Task<Dictionary<string, object?>> ById(Keys keys, string action, string id, bool allowSelf)
        {
            var key = action switch
            {
                "get" => await keys.GetAsync(id, token),
                "archive" => await keys.ArchiveAsync(id, allowSelf, token),
                "reactivate" => await keys.ReactivateAsync(id, token),
                _ => throw new ScenarioException($"keys.{action} is no step"),
            };
            return Forms.Of(Shown(key)).With(key.Meta);
        }

        private async Task<Dictionary<string, object?>> Runs(Runs runs, string action, Given given)
        {
            switch (action)
            {
                case "create":
                    return Forms.Of(Shown(await runs.CreateAsync(given.Text("agent_id"), given.Rest(), token)));
                case "get":
                    return Forms.Of(Shown(await runs.GetAsync(given.Text("id"), token)));
                case "wait":
                    return Forms.Of(Shown(await runs.WaitAsync(given.Text("id"), token)));
                case "cancel":
                    return Forms.Of(Shown(await runs.CancelAsync(given.Text("id"), token)).Meta);
                case "stream":
                    var events = new List<object?>();
                    await using (var stream = await runs.StreamAsync(given.Text("agent_id"), given.Rest(), token))
                    {
                        await foreach (var one in stream)
                        {
                            events.Add(Tree.Map("event", Shown(one).Event, "data", Tree.Parse(one.Data)));
                        }
                    }

                    return Tree.Map("events", events);
                default:
                    throw new ScenarioException($"runs.{action} is no step");
            }
        }

        /// <summary>The five actions that any resource may have.</summary>
        private async Task<Dictionary<string, object?>> Declared(KeywrightClient client, Resource on, string action, Given given)
        {
            switch (action)
            {
                case "list":
                    return await Paged(client, given, (size, after) => on.ListAsync(size, after, token), Forms.Of);
                case "create":
                    return Forms.Of(Shown(await on.CreateAsync(given.Rest(), token)));
                case "get":
                    return Forms.Of(Shown(await on.GetAsync(given.Text("id"), token)));
                case "update":
                    return Forms.Of(Shown(await on.UpdateAsync(given.Text("id"), given.Rest(), token)));
                case "delete":
                    return Forms.Of(Shown(await on.DeleteAsync(given.Text("id"), token)).Meta);
                default:
                    throw new ScenarioException($"{action} is no step");
            }
        }

        private async Task<Dictionary<string, object?>> Request(KeywrightClient client, Given given)
        {
            var json = given.Value("json");
            var options = new RequestOptions { Query = given.Pairs("query"), Json = json is null ? null : new Json(Tree.Text(json)) };
            return Forms.Of(Shown(await client.RequestAsync(given.Text("method"), given.Text("path"), options, token)));
        }

        private async Task<Dictionary<string, object?>> Paged<T>(KeywrightClient client, Given given, Func<int?, string?, Task<Page<T>>> list, Func<T, object?> form)
        {
            var all = given.Flag("all");
            var (each, named) = (given.TextOrNone("each"), given.TextOrNone("named"));
            var page = Shown(await list(given.Count("page_size"), given.TextOrNone("after")));
            if (!all)
            {
                return Forms.Page(page.Items, page.HasNext, form);
            }

            var items = new List<T>();
            await foreach (var item in page)
            {
                items.Add(item);
                switch (item)
                {
                    case Key key when each != null && key.Name == named:
                        await Removed(client, each, key.Id);
                        break;
                    case Item other when each != null && other.Name == named:
                        await Removed(client, each, other.Id);
                        break;
                }
            }

            return Forms.Page(items, false, form);
        }

        private async Task Removed(KeywrightClient client, string each, string id)
        {
            switch (each)
            {
                case "keys.archive":
                    await client.Keys.ArchiveAsync(id, cancellationToken: token);
                    break;
                case "keys.revoke":
                    await client.Keys.RevokeAsync(id, cancellationToken: token);
                    break;
                case "keys.retire":
                    await client.Keys.RetireAsync(id, cancellationToken: token);
                    break;
                case "keys.delete":
                    await client.Keys.DeleteAsync(id, cancellationToken: token);
                    break;
                case "request":
                    await client.RequestAsync("DELETE", $"/api-keys/{id}", null, token);
                    break;
                default:
                    await client.Resource(each.Split('.')[0]).DeleteAsync(id, token);
                    break;
            }
        }

        private static CreateKey Wanted(Given given, KeywrightClient client)
        {
            var wanted = new CreateKey { Name = given.TextOrNone("name"), Scopes = given.Texts("scopes"), ExpiresAt = given.Time("expires_at") };
            if (given.Duration("expires_in") is { } duration)
            {
                wanted.ExpiresAt = client.Now() + duration;
            }

            return wanted;
        }

        private static Delivery Delivery(Given given) => new Delivery
        {
            Recover = given.Word<Recover>("recover", word => word.ToWord()),
            Snapshot = given.Flag("snapshot"),
            OnCancel = given.Word<OnCancel>("on_cancel", word => word.ToWord()),
            AllowSelf = given.Flag("allow_self"),
        };

        private static UpdateKey Change(Given given) => new UpdateKey
        {
            Name = given.TextOrNone("name"),
            ExpiresAt = given.Time("expires_at"),
            NeverExpires = given.Texts("clear")?.Single() == "expires_at",
        };

        private static UsageQuery Usage(Given given) => new UsageQuery
        {
            Range = given.TextOrNone("range"),
            Since = given.Time("from"),
            Until = given.Time("to"),
            Granularity = given.Word<Granularity>("granularity", word => word.ToWord()),
        };

        private T Shown<T>(T value)
        {
            heard.Show(value);
            return value;
        }
    }
}
