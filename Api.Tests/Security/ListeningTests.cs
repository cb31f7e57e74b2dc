namespace LiveStreams.Api.Tests.Security;

/// <summary>Who may publish without a token follows from where the server listens, whichever setting says that.</summary>
public sealed class ListeningTests
{
    private static readonly string _secret = new('s', 32);

    [Theory]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--urls=http://[::]:0")]
    [InlineData("--urls=http://*:0")]
    [InlineData("--urls=http://127.0.0.1:0;http://0.0.0.0:0")]
    [InlineData("--http_ports=0", "--urls=")]
    [InlineData("--Kestrel:Endpoints:Own:Url=http://0.0.0.0:0")]
    [InlineData("--urls=http://0.0.0.0:0", "--Auth:AnonymousPublish=false")]
    public async Task Beyond_this_machine_it_does_not_start_without_a_key_or_a_word(params string[] settings)
    {
        var (exitCode, output) = await ServerProcess.FailAsync(settings);

        Assert.Equal(1, exitCode);
        Assert.Contains("beyond this machine, and no key says who may publish", output.Split('\n')[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Auth:AnonymousPublish=true", 201)]
    [InlineData("--Auth:Keys:0:Secret=ssssssssssssssssssssssssssssssss", 401)]
    public async Task Beyond_this_machine_it_starts_with_either(string setting, int status)
    {
        using var server = await ServerProcess.StartAsync("--Store=memory", "--urls=http://0.0.0.0:0", setting);
        using var client = new ApiClient(new Uri($"http://127.0.0.1:{server.Address.Port}"));
        using var response = await client.PostAsync("home", "x");
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("", 201)]
    [InlineData("--Auth:AnonymousPublish=false", 401)]
    [InlineData("--Auth:Keys:0:Secret=ssssssssssssssssssssssssssssssss", 401)]
    [InlineData("--Auth:Keys:0:Secret=ssssssssssssssssssssssssssssssss --Auth:AnonymousPublish=true", 201)]
    public async Task On_this_machine_alone_everyone_may_publish_until_a_key_is_set(string settings, int status)
    {
        using var server = await ServerProcess.StartAsync(["--Store=memory", .. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        using var client = new ApiClient(server.Address);
        using var response = await client.PostAsync("home", "x");
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_Unix_socket_is_this_machine()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"livestreams-{Guid.NewGuid():N}.sock");
        using var server = await ServerProcess.StartAsync("--Store=memory", $"--urls=http://127.0.0.1:0;http://unix:{socket}");
        using var client = new ApiClient(server.Address);
        using var response = await client.PostAsync("home", "x");
        Assert.Equal(201, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("--Auth:Keys:0:Secret=short", "Auth:Keys:0:Secret has at least 32 bytes.")]
    [InlineData("--Auth:Keys=ssssssssssssssssssssssssssssssss", "Auth:Keys is a list: the first secret is Auth:Keys:0:Secret.")]
    [InlineData("--Auth:Keys:0:Kid=a", "Auth:Keys:0 has exactly one of Secret, PemFile, JwksFile and JwksUrl.")]
    [InlineData("--Auth:Keys:0:PemFile=none.pem", "Auth:Keys:0: 'none.pem' is not there.")]
    [InlineData("--Auth:Keys:0:JwksFile=/dev/null", "Auth:Keys:0: '/dev/null' is not a set of JSON Web Keys.")]
    [InlineData("--Auth:Keys:0:PemFile=/dev/zero", "Auth:Keys:0: '/dev/zero' has more than 262144 bytes.")]
    [InlineData("--Auth:Keys:0:JwksUrl=http://issuer.example/keys", "Auth:Keys:0:JwksUrl is an https address, or http on this machine")]
    [InlineData("--Auth:Keys:0:JwksUrl=file:///etc/passwd", "Auth:Keys:0:JwksUrl is an https address, or http on this machine")]
    [InlineData("--Auth:Keys:0:Sercet=x", "Auth:Keys:0:Sercet is not a setting; Auth:Keys:0 has Secret, PemFile, JwksFile, JwksUrl, Kid, Algorithm.")]
    [InlineData("--Auth:Key=x", "Auth:Key is not a setting; Auth has Keys, Issuer, Audience, AllowQueryToken, AnonymousPublish, PrivatePages.")]
    [InlineData("--Auth:AnonymousPublish=yes", "Auth:AnonymousPublish is 'true' or 'false', not 'yes'.")]
    [InlineData("--Auth:PrivatePages=a", "Auth:PrivatePages needs a key in Auth:Keys")]
    public async Task A_setting_that_cannot_be_right_stops_the_start(string setting, string expected)
    {
        var (exitCode, output) = await ServerProcess.FailAsync(setting);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, Assert.Single(output.Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Auth:Keys:0:Algorithm=none", "Auth:Keys:0:Algorithm is HS256.")]
    [InlineData("--Auth:Keys:0:Algorithm=RS256", "Auth:Keys:0:Algorithm is HS256.")]
    [InlineData("--Auth:PrivatePages=a*b", "Auth:PrivatePages has 'a*b'")]
    public async Task So_does_one_beside_a_key(string setting, string expected)
    {
        var (exitCode, output) = await ServerProcess.FailAsync($"--Auth:Keys:0:Secret={_secret}", setting);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, Assert.Single(output.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain(_secret, output, StringComparison.Ordinal);
    }
}
