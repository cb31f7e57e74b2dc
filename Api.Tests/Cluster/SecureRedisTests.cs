using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary><c>Redis:Connection</c> with a user, a password and TLS, used by servers and silos.</summary>
public sealed partial class SecureRedisTests
{
    [Fact]
    public async Task The_documented_ACL_user_over_TLS_is_enough_for_servers_and_silos()
    {
        using var certificate = TestCertificate.Create();
        var port = RedisServer.FreePort();
        using var redis = await RedisServer.StartAsync(
            "--tls-port", $"{port}",
            "--tls-cert-file", certificate.CertificatePath,
            "--tls-key-file", certificate.KeyPath,
            "--tls-ca-cert-file", certificate.CertificatePath,
            "--tls-auth-clients", "no");
        var rules = DocumentedRules().Match(await Repository.ReadAsync("docs/operations.md")).Groups[1].Value;
        Assert.Equal(
            "OK",
            await redis.CliAsync(["ACL", "SETUSER", "livestreams", .. rules.Split(' '), "~livestreams/*"]));
        Assert.Equal("OK", await redis.CliAsync("ACL", "SETUSER", "default", "nocommands", "+acl"));
        using var cluster = await ClusterNodes.StartWithRedisAsync(
            $"localhost:{port},ssl=true,user=livestreams,password=PASSWORD",
            silos: 1,
            nodes: 2,
            ("SSL_CERT_FILE", certificate.CertificatePath));

        await using var stream = await cluster.Clients[1].SubscribeAsync("home");
        await cluster.Clients[0].PublishAsync("home", "over TLS");

        Assert.Equal("over TLS", (await stream.NextAsync()).Data);
        var refused = RefusedObjects().Matches(await redis.CliAsync("ACL", "LOG"));
        Assert.Equal(
            ["__Booksleeve_TieBreak", "config|get"],
            refused.Select(match => match.Groups[1].Value).Distinct().Order());
    }

    [GeneratedRegex("`ACL SETUSER livestreams ([^`]+)`")]
    private static partial Regex DocumentedRules();

    [GeneratedRegex("^object\n(.*)$", RegexOptions.Multiline)]
    private static partial Regex RefusedObjects();
}
