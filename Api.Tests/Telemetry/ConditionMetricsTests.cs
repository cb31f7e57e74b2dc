using Microsoft.Data.Sqlite;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>Metrics that say how a server is, not what it does: limits, the store, certificates and keys.</summary>
public sealed class ConditionMetricsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Limits_and_ages_are_those_of_the_settings()
    {
        using var tokens = new TestTokens();
        var revoked = Path.Combine(tokens.Folder, "revoked");
        await File.WriteAllTextAsync(revoked, "sub:intern\n", Ct);
        using var server = await ServerProcess.StartAsync(
            "--Store=memory", "--Limits:MaxSubscribers=123", "--Limits:MaxUnsentBytes=2000000",
            $"--Auth:Keys:0:Secret={tokens.Secret}", $"--Auth:RevokedFile={revoked}");
        using var client = new ApiClient(server.Address);

        var metrics = await MetricsText.ReadAsync(client);

        Assert.Equal(123, metrics.Sum("livestreams_subscribers_limit"));
        Assert.Equal(2_000_000, metrics.Sum("livestreams_unsent_limit_bytes"));
        foreach (var source in new[] { "keys", "revocations" })
        {
            Assert.InRange(metrics.Samples[$"livestreams_auth_age_seconds{{source=\"{source}\"}}"], 0.001, 60);
        }
    }

    [Fact]
    public async Task What_is_not_there_has_no_age_and_no_certificate()
    {
        using var server = await ServerProcess.StartAsync("--Store=memory");
        using var client = new ApiClient(server.Address);

        Assert.DoesNotContain(
            (await MetricsText.ReadAsync(client)).Samples.Keys,
            static name => name.StartsWith("livestreams_auth", StringComparison.Ordinal)
                || name.StartsWith("livestreams_certificate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--urls=https://127.0.0.1:0", "Certificates:Default")]
    [InlineData("--Kestrel:Endpoints:Main:Url=https://127.0.0.1:0", "Endpoints:Main:Certificate")]
    public async Task The_time_until_the_served_certificate_expires_is_known(string address, string setting)
    {
        using var certificate = TestCertificate.Create(TimeSpan.FromDays(10));
        using var server = await ServerProcess.StartAsync(
            "--Store=memory",
            address,
            $"--Kestrel:{setting}:Path={certificate.CertificatePath}",
            $"--Kestrel:{setting}:KeyPath={certificate.KeyPath}");
        using var client = certificate.CreateClient(server.Address, "1.1");

        var metrics = MetricsText.Parse(await client.GetStringAsync("/metrics", Ct));

        var left = TimeSpan.FromSeconds(metrics.Sum("livestreams_certificate_remaining_seconds"));
        Assert.InRange(left.TotalDays, 9.9, 10);
    }

    [Fact]
    public async Task A_store_that_takes_no_update_is_seen_by_the_next_scrape_and_so_is_its_recovery()
    {
        using var server = await ServerProcess.StartAsync();
        using var client = new ApiClient(server.Address);
        Assert.Equal(1, await ReadAvailableAsync(client));

        using (var other = Open(server))
        {
            Execute(other, "BEGIN IMMEDIATE");
            await Wait.UntilAsync(async () => await ReadAvailableAsync(client) == 0, "the store is not available");
        }

        await Wait.UntilAsync(async () => await ReadAvailableAsync(client) == 1, "the store is available again");
    }

    [Fact]
    public async Task Scrapes_and_questions_for_readiness_write_to_the_store_once_a_second_together()
    {
        using var server = await ServerProcess.StartAsync();
        using var client = new ApiClient(server.Address);
        using var database = Open(server);
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 100; i++)
        {
            (await client.GetAsync("/health/ready")).Dispose();
            Assert.Equal(1, await ReadAvailableAsync(client));
        }

        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Assert.InRange(Execute(database, "SELECT times FROM written"), 1, 1 + seconds);
    }

    private static async Task<double> ReadAvailableAsync(ApiClient client) =>
        (await MetricsText.ReadAsync(client)).Samples["livestreams_store_available{}"];

    private static SqliteConnection Open(ServerProcess server)
    {
        var connection = new SqliteConnection($"Data Source={server.Folder}/data/livestreams.db;Pooling=false");
        connection.Open();
        return connection;
    }

    private static double Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }
}
