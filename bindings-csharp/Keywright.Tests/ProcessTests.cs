using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>How processes begin and end.</summary>
    public sealed class ProcessTests
    {
        private static readonly string Folder = AppContext.BaseDirectory;

        [Fact]
        public async Task A_process_ends_well_with_calls_in_flight()
        {
            var times = int.Parse(Environment.GetEnvironmentVariable("KEYWRIGHT_EXITS") ?? "10", System.Globalization.CultureInfo.InvariantCulture);
            for (var time = 0; time < times; time++)
            {
                var (code, said) = await Run(Folder, "leave", "300");
                Assert.True(code == 0 && said.Contains("leaves with 300 calls in flight", StringComparison.Ordinal), $"exit {time}: code {code}\n{said}");
            }
        }

        [Fact]
        public async Task A_missing_native_library_is_explained()
        {
            var folder = Path.Combine(Folder, "without");
            Directory.CreateDirectory(folder);
            foreach (var file in Directory.GetFiles(Folder, "Keywright*").Where(file => !file.Contains("native", StringComparison.Ordinal)))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), true);
            }

            var (code, said) = await Run(folder, "load");
            Assert.Equal(3, code);
            Assert.Contains("keywright_native was not found for linux-x64", said);
            Assert.Contains("carries it for: linux-x64", said);
            Assert.Contains("runtimes/<rid>/native", said);
        }

        private static async Task<(int Code, string Said)> Run(string folder, params string[] arguments)
        {
            // The runtime's own folder is <root>/shared/Microsoft.NETCore.App/<version>.
            var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            var start = new ProcessStartInfo(Path.Combine(root, "dotnet")) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            new[] { "exec", "--runtimeconfig", Path.Combine(folder, "Keywright.Tests.runtimeconfig.json"), Path.Combine(folder, "Keywright.Child.dll") }
                .ToList().ForEach(start.ArgumentList.Add);

            // Cargo names its own folder here, where the native library lies.
            start.Environment.Remove("LD_LIBRARY_PATH");
            arguments.ToList().ForEach(start.ArgumentList.Add);
            using (var process = Process.Start(start)!)
            {
                var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
                process.WaitForExit();
                return (process.ExitCode, string.Concat(texts));
            }
        }
    }
}
