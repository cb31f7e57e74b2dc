using LiveStreams.Hosting;

namespace LiveStreams.Api.Security;

/// <summary>
/// The keys that count now. Reading them again (<see cref="RefreshAsync"/>) takes in new ones and retires those that are gone. What cannot be read, or
/// is not as it must be, leaves the keys as they are for up to <see cref="MaxAge"/>; a file that is no longer there takes its keys along at once.
/// </summary>
internal sealed partial class KeyRing(AuthSettings settings, KeyConfiguration configuration, KeyReader reader, TimeProvider time, ILogger<KeyRing> logger)
{
    /// <summary>How long keys count that cannot be read again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly Dictionary<KeySetting, Held> _held = [];
    private IReadOnlyList<KeySetting> _settings = settings.Keys;
    private bool _isConfigurationBroken;
    private SigningKey[] _keys = [];

    public IReadOnlyList<SigningKey> Keys => Volatile.Read(ref _keys);

    /// <summary>Reads the keys for the first time. An address that gives no answer is tried again by and by.</summary>
    /// <exception cref="SettingException">A file cannot be read, or has no key.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in _settings)
        {
            if (await ReadAsync(setting, cancellationToken) is { } error)
            {
                if (setting.JwksUrl is null)
                {
                    throw new SettingException($"{setting.Name}: '{setting.PemFile ?? setting.JwksFile}' {error.Message}.");
                }

                Keep(setting, error);
            }
        }

        TakeIn();
    }

    /// <summary>Reads the configuration and the keys again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        ReadConfiguration();
        foreach (var gone in _held.Keys.Except(_settings).ToArray())
        {
            _held.Remove(gone);
        }

        // At once, so that one which does not answer holds up no other.
        var errors = await Task.WhenAll(_settings.Select(setting => ReadAsync(setting, cancellationToken)));
        foreach (var (setting, error) in _settings.Zip(errors))
        {
            if (error is not null)
            {
                Keep(setting, error);
            }
        }

        TakeIn();
    }

    private void ReadConfiguration()
    {
        try
        {
            _settings = configuration.ReadAgain();
            _isConfigurationBroken = false;
        }
        catch (Exception exception) when (exception is SettingException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            if (!_isConfigurationBroken)
            {
                // The message of anything but a SettingException may hold a piece of the file.
                ConfigurationBroken((exception as SettingException)?.Message ?? exception.GetType().Name);
            }

            _isConfigurationBroken = true;
        }
    }

    private async Task<KeyException?> ReadAsync(KeySetting setting, CancellationToken cancellationToken)
    {
        if (!_held.TryGetValue(setting, out var held))
        {
            _held.Add(setting, held = new Held { ReadAt = time.GetUtcNow() });
        }

        try
        {
            held.Keys = await reader.ReadAsync(setting, cancellationToken);
            held.ReadAt = time.GetUtcNow();
            held.IsFailing = false;
            return null;
        }
        catch (KeyException exception)
        {
            return exception;
        }
    }

    // What was read before, for as long as it may be.
    private void Keep(KeySetting setting, KeyException exception)
    {
        var held = _held[setting];
        if (!held.IsFailing)
        {
            KeysUnread(setting.Name, exception.Message);
        }

        if (held.Keys.Count > 0 && (exception.IsGone || time.GetUtcNow() - held.ReadAt >= MaxAge))
        {
            held.Keys = [];
            KeysDropped(setting.Name);
        }

        held.IsFailing = true;
    }

    private void TakeIn()
    {
        var known = _keys.ToDictionary(key => key.Identity);
        SigningKey[] all = [.. _settings.SelectMany(setting => _held[setting].Keys).DistinctBy(key => key.Identity)];
        if (all.Length > KeySetting.MaxKeys && _keys.Length < KeySetting.MaxKeys)
        {
            TooManyKeys(all.Length, KeySetting.MaxKeys);
        }

        var keys = all.Take(KeySetting.MaxKeys).Select(key => known.GetValueOrDefault(key.Identity, key)).ToArray();
        var gone = _keys.Except(keys).ToArray();
        Volatile.Write(ref _keys, keys);
        foreach (var key in gone)
        {
            key.Retire();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keys of {Setting} cannot be read, it {Error}; those that were read before count for up to an hour after.")]
    private partial void KeysUnread(string setting, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keys of {Setting} count no more: what they have signed is refused, and its streams are closed.")]
    private partial void KeysDropped(string setting);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The configuration could not be read again, so the keys stay as they are: {Error}")]
    private partial void ConfigurationBroken(string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "There are {Count} keys in all; the first {Most} count.")]
    private partial void TooManyKeys(int count, int most);

    /// <summary>What one setting stands for, as it was last read.</summary>
    private sealed class Held
    {
        public IReadOnlyList<SigningKey> Keys { get; set; } = [];

        public DateTimeOffset ReadAt { get; set; }

        public bool IsFailing { get; set; }
    }
}
