using LiveStreams.Api.Security;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Check;

/// <summary>Whether every key can be read, and the list of revoked tokens.</summary>
internal sealed class KeyCheck : ICheck
{
    public string Subject => "Auth:Keys";

    public async Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (OptionsOf<AuthOptions>.Find(services) is not { } options)
        {
            return [];
        }

        var reader = services.GetRequiredService<KeyReader>();
        List<Finding> findings =
            [.. await Task.WhenAll(options.Keys.Select(key => CheckAsync(reader, key, cancellationToken)))];
        if (options.RevokedFile is not null)
        {
            findings.Add(await CheckAsync(services.GetRequiredService<RevokedTokens>(), cancellationToken));
        }

        return findings;
    }

    // A server starts without the keys of an address, but accepts no token that was signed with them.
    private static async Task<Finding> CheckAsync(
        KeyReader reader, KeySetting setting, CancellationToken cancellationToken)
    {
        try
        {
            var keys = await reader.ReadAsync(setting, cancellationToken);
            return Finding.Ok($"{setting.Name} has {keys.Count} key{(keys.Count == 1 ? "" : "s")}.");
        }
        catch (KeyException exception)
        {
            var advice = setting.JwksUrl is null
                ? "Give the server's user a file that it can read, with a key in it."
                : "Set JwksUrl to an address that this machine reaches, with a JSON Web Key Set.";
            return Finding.Fail($"{setting.Describe(exception)} {advice}");
        }
    }

    private static async Task<Finding> CheckAsync(RevokedTokens revoked, CancellationToken cancellationToken)
    {
        try
        {
            await revoked.LoadAsync(cancellationToken);
            return Finding.Ok("Auth:RevokedFile can be read.");
        }
        catch (SettingException exception)
        {
            return Finding.Fail($"{exception.Message} Give the server's user a list that it can read.");
        }
    }
}
