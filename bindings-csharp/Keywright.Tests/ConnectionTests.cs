using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>Thousands of calls at once share the connections of a client.</summary>
    public sealed class ConnectionTests
    {
        [Theory]
        [InlineData(null)]
        [InlineData(8)]
        public async Task Three_thousand_calls_at_once_end_well(int? most)
        {
            using var sandbox = await Sandbox.StartAsync();
            var options = sandbox.Seclai();
            options.MaxConnections = most;
            using var client = new SeclaiClient(options);
            var ended = await Task.WhenAll(Enumerable.Range(0, 3000).Select(_ => client.Agents.ListAsync()));
            Assert.Equal(3000, ended.Count(page => page.Items.Count > 0));
        }
    }
}
