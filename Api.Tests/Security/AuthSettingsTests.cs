using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>An invalid <c>Auth</c> setting stops the start with one sentence.</summary>
public sealed class AuthSettingsTests
{
    private static readonly string _secret = new('s', 32);

    [Theory]
    [InlineData("--Auth:Keys:0:Secret=short", "Auth:Keys:0:Secret must have at least 32 bytes.")]
    [InlineData(
        "--Auth:Keys=ssssssssssssssssssssssssssssssss", "Auth:Keys is a list: the first secret is Auth:Keys:0:Secret.")]
    [InlineData("--Auth:Keys:0:Kid=a", "Auth:Keys:0 must have exactly one of Secret, PemFile, JwksFile and JwksUrl.")]
    [InlineData("--Auth:Keys:0:PemFile=none.pem", "Auth:Keys:0: 'none.pem' does not exist.")]
    [InlineData("--Auth:Keys:0:JwksFile=/dev/null", "Auth:Keys:0: '/dev/null' is not a set of JSON Web Keys.")]
    [InlineData("--Auth:Keys:0:PemFile=/dev/zero", "Auth:Keys:0: '/dev/zero' has more than 262144 bytes.")]
    [InlineData(
        "--Auth:Keys:0:JwksUrl=http://issuer.example/keys",
        "Auth:Keys:0:JwksUrl must be an https address, or an http address of this machine")]
    [InlineData(
        "--Auth:Keys:0:JwksUrl=file:///etc/passwd",
        "Auth:Keys:0:JwksUrl must be an https address, or an http address of this machine")]
    [InlineData(
        "--Auth:Keys:0:Sercet=x",
        "Auth:Keys:0:Sercet is not a setting; Auth:Keys:0 has Secret, PemFile, JwksFile, JwksUrl, Kid, Algorithm.")]
    [InlineData(
        "--Auth:Key=x",
        "Auth:Key is not a setting; Auth has Keys, Issuer, Audience, AllowQueryToken, AnonymousPublish, PrivatePages, "
            + "RevokedFile, Audit.")]
    [InlineData(
        "--Auth:Keys:0:JwksUrl=https://issuer.example/keys",
        "Auth:Keys:0:JwksUrl needs Auth:Audience: set it to the aud of the tokens that are for this server")]
    [InlineData("--Auth:RevokedFile=none.txt", "Auth:RevokedFile: 'none.txt' does not exist.")]
    [InlineData("--Auth:RevokedFile=/dev/zero", "Auth:RevokedFile: '/dev/zero' has more than 4194304 bytes.")]
    [InlineData("--Auth:Audit=yes", "Auth:Audit must be 'true' or 'false', not 'yes'.")]
    [InlineData("--Auth:AnonymousPublish=yes", "Auth:AnonymousPublish must be 'true' or 'false', not 'yes'.")]
    [InlineData("--Auth:PrivatePages=a", "Auth:PrivatePages needs a key in Auth:Keys")]
    public async Task An_invalid_auth_setting_stops_the_start(string setting, string expected)
    {
        var (exitCode, output) = await InProcessApi.FailAsync(setting);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, Assert.Single(output.Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Auth:Keys:0:Algorithm=none", "Auth:Keys:0:Algorithm must be HS256.")]
    [InlineData("--Auth:Keys:0:Algorithm=RS256", "Auth:Keys:0:Algorithm must be HS256.")]
    [InlineData("--Auth:PrivatePages=a*b", "Auth:PrivatePages has 'a*b'")]
    public async Task An_invalid_auth_setting_beside_a_key_stops_the_start_without_showing_the_secret(
        string setting, string expected)
    {
        var (exitCode, output) = await InProcessApi.FailAsync($"--Auth:Keys:0:Secret={_secret}", setting);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, Assert.Single(output.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain(_secret, output, StringComparison.Ordinal);
    }
}
