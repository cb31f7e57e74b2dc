using System.Net;
using System.Text.Json;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>The setting <c>Orleans:Dashboard</c>.</summary>
public sealed class DashboardTests
{
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_dashboard_shows_silos_and_pages_when_it_is_enabled()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 1, nodes: 1, "--Orleans:Dashboard=true");
        using var silo = new ApiClient(cluster.Silos[0].Address);
        await cluster.Clients[0].PublishAsync("home", "x");

        using var page = await silo.GetAsync("/dashboard/");
        Assert.Contains(
            "Orleans Dashboard",
            await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        await Wait.UntilAsync(
            async () => await ReadCountersAsync(silo) is (1, true),
            "the dashboard lists one silo and the page's grain");
    }

    [Fact]
    public async Task The_dashboard_is_not_served_by_default()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 1, nodes: 0);
        using var silo = new ApiClient(cluster.Silos[0].Address);

        foreach (var path in new[] { "/dashboard", "/dashboard/", "/dashboard/DashboardCounters" })
        {
            using var response = await silo.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    private static async Task<(int Silos, bool HasPage)> ReadCountersAsync(ApiClient silo)
    {
        using var response = await silo.GetAsync("/dashboard/DashboardCounters");
        using var counters = JsonDocument.Parse(
            await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var grainTypes = counters.RootElement.GetProperty("simpleGrainStats").EnumerateArray()
            .Select(grain => grain.GetProperty("grainType").GetString()!);
        return (
            counters.RootElement.GetProperty("hosts").GetArrayLength(),
            grainTypes.Any(type => type.Contains("PageGrain", StringComparison.Ordinal)));
    }
}
