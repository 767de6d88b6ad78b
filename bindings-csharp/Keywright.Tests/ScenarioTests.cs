using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Keywright.Tests.Scenarios;
using Xunit;

namespace Keywright.Tests
{
    /// <summary>The scenarios that all languages play.</summary>
    public sealed class ScenarioTests
    {
        private static readonly Dictionary<string, Dictionary<string, object?>> All =
            ((List<object?>)Tree.Parse(File.ReadAllText(Here.Scenarios))!).Select(Tree.Map).ToDictionary(scenario => (string)scenario["place"]!);

        public static IEnumerable<object[]> Places => All.Keys.Select(place => new object[] { place });

        [Theory]
        [MemberData(nameof(Places))]
        public Task Scenario(string place) => ScenarioRunner.Run(All[place]);

        [Fact]
        public void There_are_scenarios_enough() => Assert.True(All.Count >= 140, $"only {All.Count} scenarios");
    }
}
