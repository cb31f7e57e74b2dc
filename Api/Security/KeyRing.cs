using System.Runtime.CompilerServices;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Security;

/// <summary>
/// The keys that are valid now. <see cref="RefreshAsync"/> reads them again, adds new ones and retires those that are
/// no longer configured. Keys that cannot be read again stay valid for up to <see cref="MaxAge"/>, except those of a
/// file that was removed, which are retired at once.
/// </summary>
internal sealed partial class KeyRing(
    AuthOptions options, KeyConfiguration configuration, KeyReader reader, TimeProvider time, ILogger<KeyRing> logger)
{
    /// <summary>How long keys that cannot be read again stay valid.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly Dictionary<KeySetting, KeySource> _sources = [];
    private IReadOnlyList<KeySetting> _settings = options.Keys;
    private bool _isConfigurationInvalid;
    private DateTimeOffset _configurationReadAt = time.GetUtcNow();
    private StrongBox<DateTimeOffset>? _oldestReading;
    private SigningKey[] _keys = [];

    public IReadOnlyList<SigningKey> Keys => Volatile.Read(ref _keys);

    /// <summary>
    /// The time since all keys and their configuration were last read without an error: that of the key, or of the
    /// configuration, that was read longest ago. Null without keys. A key that could not be read since the start, or
    /// whose file was removed, counts.
    /// </summary>
    public TimeSpan? Age => time.GetUtcNow() - Volatile.Read(ref _oldestReading)?.Value;

    /// <summary>Reads the keys for the first time. An address that does not respond is tried again later.</summary>
    /// <exception cref="SettingException">A file cannot be read, or has no key.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in _settings)
        {
            if (await ReadAsync(setting, cancellationToken) is { } exception)
            {
                if (setting.JwksUrl is null)
                {
                    throw new SettingException(setting.Describe(exception));
                }

                OnReadFailed(setting, exception);
            }
        }

        UpdateKeys();
    }

    /// <summary>Reads the configuration and the keys again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        ReloadConfiguration();
        foreach (var removed in _sources.Keys.Except(_settings).ToArray())
        {
            _sources.Remove(removed);
        }

        // All at the same time, so that one that does not respond delays no other.
        var exceptions = await Task.WhenAll(_settings.Select(setting => ReadAsync(setting, cancellationToken)));
        foreach (var (setting, exception) in _settings.Zip(exceptions))
        {
            if (exception is not null)
            {
                OnReadFailed(setting, exception);
            }
        }

        UpdateKeys();
    }

    private void ReloadConfiguration()
    {
        try
        {
            var settings = configuration.Reload();
            _settings = KeySetting.FindAudienceError(settings, options.Audience) is { } error
                ? throw new SettingException(error)
                : settings;
            _configurationReadAt = time.GetUtcNow();
            _isConfigurationInvalid = false;
        }
        catch (Exception exception) when (exception is SettingException or InvalidDataException or IOException
            or UnauthorizedAccessException)
        {
            if (!_isConfigurationInvalid)
            {
                // The message of another exception may have a piece of the file in it.
                ConfigurationNotReloaded((exception as SettingException)?.Message ?? exception.GetType().Name);
            }

            _isConfigurationInvalid = true;
        }
    }

    private async Task<KeyException?> ReadAsync(KeySetting setting, CancellationToken cancellationToken)
    {
        if (!_sources.TryGetValue(setting, out var source))
        {
            _sources.Add(setting, source = new KeySource { ReadAt = time.GetUtcNow() });
        }

        try
        {
            source.Keys = await reader.ReadAsync(setting, cancellationToken);
            source.ReadAt = time.GetUtcNow();
            if (source.IsFailing)
            {
                KeysReadAgain(setting.Name);
            }

            source.IsFailing = false;
            return null;
        }
        catch (KeyException exception)
        {
            return exception;
        }
    }

    // The keys that were read before stay for as long as they may.
    private void OnReadFailed(KeySetting setting, KeyException exception)
    {
        var source = _sources[setting];
        if (!source.IsFailing)
        {
            KeysNotRead(setting.Name, exception.Message);
        }

        if (source.Keys.Count > 0 && (exception.IsRemoved || time.GetUtcNow() - source.ReadAt >= MaxAge))
        {
            source.Keys = [];
            KeysRetired(setting.Name);
        }

        source.IsFailing = true;
    }

    private void UpdateKeys()
    {
        var known = _keys.ToDictionary(key => key.Identity);
        SigningKey[] all =
            [.. _settings.SelectMany(setting => _sources[setting].Keys).DistinctBy(key => key.Identity)];
        if (all.Length > KeySetting.MaxKeys && _keys.Length < KeySetting.MaxKeys)
        {
            TooManyKeys(all.Length, KeySetting.MaxKeys);
        }

        if (KeyCandidates.CountUnused(all) is > 0 and var unused && KeyCandidates.CountUnused(_keys) == 0)
        {
            UnusedKeys(unused, KeyCandidates.MaxPublicKeys);
        }

        // A key that was known stays the same object: tokens and streams hold it to see when it is retired.
        var keys = all.Take(KeySetting.MaxKeys).Select(key => known.GetValueOrDefault(key.Identity, key)).ToArray();
        var retired = _keys.Except(keys).ToArray();
        var added = keys.Count(key => !known.ContainsKey(key.Identity));
        if (known.Count > 0 && added + retired.Length > 0)
        {
            KeysChanged(added, retired.Length, keys.Length);
        }

        Volatile.Write(ref _keys, keys);
        var readings = _settings.Select(setting => _sources[setting].ReadAt).Append(_configurationReadAt);
        Volatile.Write(ref _oldestReading, _settings.Count == 0 ? null : new(readings.Min()));
        foreach (var key in retired)
        {
            key.Retire();
        }
    }

    /// <summary>The keys of one setting, as last read.</summary>
    private sealed class KeySource
    {
        public IReadOnlyList<SigningKey> Keys { get; set; } = [];

        public DateTimeOffset ReadAt { get; set; }

        public bool IsFailing { get; set; }
    }
}
