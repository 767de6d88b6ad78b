using System;
using System.Diagnostics;
using System.Diagnostics.Tracing;

namespace Keywright
{
    /// <summary>
    /// Tells the tools of .NET about calls: an activity for each (source <c>Keywright</c>, from net8.0 on) and events
    /// of the event source <c>Keywright</c>. Neither holds a secret. Both cost next to nothing while nobody listens.
    /// </summary>
    internal readonly struct Watch
    {
        private readonly string? operation;
        private readonly long began;
#if NET8_0_OR_GREATER
        private static readonly ActivitySource Source = new ActivitySource("Keywright", Native.Version);
        private readonly Activity? activity;
#endif

        /// <summary>Begins to watch a call; one without a name is nobody's to know.</summary>
        internal Watch(string? operation)
        {
            this.operation = operation;
            began = operation != null && KeywrightEventSource.Log.IsEnabled() ? Stopwatch.GetTimestamp() : 0;
#if NET8_0_OR_GREATER
            // The caller's own activity stays the current one: this one ends on another thread.
            var current = Activity.Current;
            activity = operation != null && Source.HasListeners() ? Source.StartActivity("keywright " + operation, ActivityKind.Client) : null;
            if (activity != null)
            {
                Activity.Current = current;
            }
#endif
        }

        /// <summary>It has ended: <c>ok</c>, <c>cancelled</c>, or with the kind or class of its failure.</summary>
        internal void End(string result, Exception? error)
        {
            if (began != 0)
            {
                var elapsed = (Stopwatch.GetTimestamp() - began) * 1000.0 / Stopwatch.Frequency;
                KeywrightEventSource.Log.CallEnded(operation!, result, elapsed);
            }
#if NET8_0_OR_GREATER
            if (activity != null)
            {
                activity.SetTag("keywright.operation", operation);
                if (result != "ok")
                {
                    activity.SetTag("error.type", result);
                    activity.SetStatus(ActivityStatusCode.Error, (error as KeywrightException)?.Reason);
                }

                activity.Dispose();
            }
#endif
        }
    }

    /// <summary>The event source <c>Keywright</c>.</summary>
    [EventSource(Name = "Keywright")]
    internal sealed class KeywrightEventSource : EventSource
    {
        internal static readonly KeywrightEventSource Log = new KeywrightEventSource();

        private KeywrightEventSource()
        {
        }

        /// <summary>A call has ended: <c>ok</c>, <c>cancelled</c> or the kind of its failure, after so many milliseconds.</summary>
#if NET8_0_OR_GREATER
        [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only text and a number, which are kept.")]
#endif
        [System.Diagnostics.Tracing.Event(1, Level = EventLevel.Informational)]
        public void CallEnded(string operation, string result, double elapsed) => WriteEvent(1, operation, result, elapsed);

        /// <summary>A function that hears events has failed, which no call is told.</summary>
        [System.Diagnostics.Tracing.Event(2, Level = EventLevel.Warning)]
        public void ListenerFailed(string exception) => WriteEvent(2, exception);
    }
}
