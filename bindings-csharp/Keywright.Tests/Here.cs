using System;
using System.IO;

#if HAVE_XUNIT
// A process has one io thread and the sandbox one clock for all who wait: a test under load would move another's time.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
#endif

namespace Keywright.Tests
{
    /// <summary>Where the repository and what was built for the tests lie.</summary>
    internal static class Here
    {
        /// <summary>The repository: the folder above that holds its tests.</summary>
        internal static string Root { get; } = Find();

        /// <summary>The scenarios as JSON, written by `cargo xtask test`.</summary>
        internal static string Scenarios => Environment.GetEnvironmentVariable("KEYWRIGHT_SCENARIOS") ?? Path.Combine(Root, "target", "scenarios.json");

        private static string Find()
        {
            var given = Environment.GetEnvironmentVariable("KEYWRIGHT_ROOT");
            if (given != null)
            {
                return given;
            }

            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder != null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "scenarios")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new InvalidOperationException("the repository was not found; give it as KEYWRIGHT_ROOT");
        }
    }
}
