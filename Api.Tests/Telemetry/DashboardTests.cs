using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Cluster;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>
/// The dashboard of <c>deploy/grafana</c> shows what there is. Grafana itself is not there: its expressions are
/// evaluated by a real Prometheus.
/// </summary>
public sealed partial class DashboardTests
{
    /// <summary>What does not happen to the servers of these tests, or not always.</summary>
    private static readonly string[] _rare =
    [
        "livestreams_certificate_remaining_seconds",
        "livestreams_connections_delays_total",
        "livestreams_connections_refused_total",
        "livestreams_foreign_dropped_total",
    ];

    [Fact]
    public async Task The_dashboard_and_the_alerts_name_no_metric_that_a_server_does_not_have()
    {
        using var server = await ServerProcess.StartAsync("--Store=memory");
        using var client = new ApiClient(server.Address);
        var served = (await MetricsText.ReadAsync(client)).Samples.Keys.Select(static name => name.Split('{')[0]);
        var known = served.Concat(Instruments.All().SelectMany(Instruments.PrometheusNamesOf)).ToHashSet();

        var dashboard = (await Dashboard.ReadAsync("1m")).Select(static panel => panel.Expression);
        var alerts = Expression().Matches(await Repository.ReadAsync("deploy/prometheus/alerts.yml"))
            .Select(static rule => rule.Value);
        var named = dashboard.Concat(alerts).SelectMany(Dashboard.MetricsIn).ToHashSet();

        Assert.InRange(named.Count, 40, int.MaxValue);
        Assert.Empty(named.Except(known));
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Every_panel_shows_something()
    {
        using var cluster = await ClusterNodes.StartServersAsync(1);
        using var server = await ServerProcess.StartAsync(
            "--Auth:AnonymousPublish=true", "--Auth:Keys:0:Secret=0123456789abcdef0123456789abcdef",
            "--Limits:MaxUpdateBytes=1000");
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address, cluster.Servers[0].Address);
        await using var stream = await cluster.Clients[0].SubscribeAsync("home");
        await using var things = new Things(server.Address, client, "home");
        await things.PrepareAsync();
        await Wait.UntilAsync(
            async () => (await prometheus.QueryAsync("livestreams_journal_fold_duration_seconds_count")).Length > 0,
            "the server has folded its journal, which it does when nothing is published");

        foreach (var (title, expression) in await Dashboard.ReadAsync("10s"))
        {
            await Wait.UntilAsync(
                async () =>
                {
                    await cluster.Clients[0].PublishAsync("home", "x");
                    await things.DoAsync("receive");
                    await things.DoAsync("replay");
                    await things.DoAsync("refuse");
                    await things.DoAsync("intrude");
                    return (await prometheus.QueryAsync(expression)).Length > 0 || IsRare(expression);
                },
                $"the panel {title} shows {expression}");
        }
    }

    private static bool IsRare(string expression) => Dashboard.MetricsIn(expression).Any(_rare.Contains);

    [GeneratedRegex(@"expr: [\s\S]*?(?=\n        (for|labels):)")]
    private static partial Regex Expression();
}
