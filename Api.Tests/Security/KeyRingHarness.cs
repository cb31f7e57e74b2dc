using LiveStreams.Api.Security;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Security;

/// <summary>A ring of keys whose settings, files and clock the test changes.</summary>
internal sealed class KeyRingHarness : IDisposable
{
    private readonly KeyReader _reader = new();
    private readonly LogRecorder _log = new();

    public TestTokens Tokens { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    /// <summary>The settings, which the ring reads at each refresh.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>What the ring has logged.</summary>
    public string Log => _log.Text;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Loads a ring with one key, which these settings describe.</summary>
    public Task<KeyRing> LoadAsync(params (string Name, string Value)[] key) => LoadAsync(TestTokens.Audience, key);

    public async Task<KeyRing> LoadAsync(string? audience, params (string Name, string Value)[] key)
    {
        Settings.Clear();
        foreach (var (name, value) in key)
        {
            Settings[$"Auth:Keys:0:{name}"] = value;
        }

        MemoryConfigurationSource source = new() { InitialData = Settings };
        var options = new AuthOptions
        {
            Keys = KeySetting.ReadAll(new ConfigurationBuilder().Add(source).Build()),
            Audience = audience,
        };
        var ring = new KeyRing(
            options,
            new KeyConfiguration([new ReloadingSettings(Settings)]),
            _reader,
            Time,
            new LoggerFactory([_log]).CreateLogger<KeyRing>());
        await ring.LoadAsync(Ct);
        return ring;
    }

    public void Dispose()
    {
        Tokens.Dispose();
        _reader.Dispose();
    }

    /// <summary>Settings that are copied at each load.</summary>
    private sealed class ReloadingSettings(Dictionary<string, string?> settings)
        : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() =>
            Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
    }
}
