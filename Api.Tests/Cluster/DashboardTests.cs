using System.Net;
using System.Text.Json;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary><c>Orleans:Dashboard</c>.</summary>
public sealed class DashboardTests
{
    [Fact]
    public async Task It_shows_silos_and_pages_where_it_is_asked_for()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 1, nodes: 1, "--Orleans:Dashboard=true");
        using var silo = new ApiClient(cluster.Silos[0].Address);
        await cluster.Clients[0].PublishAsync("home", "x");

        using var page = await silo.GetAsync("/dashboard/");
        Assert.Contains("Orleans Dashboard", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Wait.UntilAsync(async () => await CountsAsync(silo) is (1, true), "one silo and the page's grain");
    }

    [Fact]
    public async Task It_is_not_there_unless_it_is_asked_for()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 1, nodes: 0);
        using var silo = new ApiClient(cluster.Silos[0].Address);

        foreach (var path in new[] { "/dashboard", "/dashboard/", "/dashboard/DashboardCounters" })
        {
            using var answer = await silo.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private static async Task<(int Silos, bool HasPage)> CountsAsync(ApiClient silo)
    {
        using var answer = await silo.GetAsync("/dashboard/DashboardCounters");
        using var counters = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        return (
            counters.RootElement.GetProperty("hosts").GetArrayLength(),
            counters.RootElement.GetProperty("simpleGrainStats").EnumerateArray().Any(grain => grain.GetProperty("grainType").GetString()!.Contains("PageGrain", StringComparison.Ordinal)));
    }
}
