using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Linq;
using System.Text;

namespace Keywright.Tests.Scenarios
{
    /// <summary>Keeps everything that a run has shown of itself: no secret may stand in it.</summary>
    internal sealed class OutputRecorder : EventListener
    {
        private readonly StringBuilder shown = new StringBuilder();

        internal void Show(object? value) => Keep(value?.ToString());

        internal void Error(Exception error)
        {
            for (Exception? one = error; one != null; one = one.InnerException)
            {
                Keep(one.ToString());
                Keep(string.Join(" ", one.Data.Values.Cast<object?>()));
            }
        }

        /// <summary>Which of the secrets stand in what was shown, by number: their values are no text for a report.</summary>
        internal List<int> Leaked(IReadOnlyList<string> secrets)
        {
            lock (shown)
            {
                var all = shown.ToString();
                return Enumerable.Range(0, secrets.Count).Where(place => secrets[place].Length > 0 && all.Contains(secrets[place], StringComparison.Ordinal)).ToList();
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Keywright")
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            Keep(eventData.EventName + " " + string.Join(" ", eventData.Payload ?? (IEnumerable<object?>)Array.Empty<object?>()));

        private void Keep(string? text)
        {
            // The base class hears of sources before our own members are there.
            if (shown != null)
            {
                lock (shown)
                {
                    shown.AppendLine(text);
                }
            }
        }
    }
}
