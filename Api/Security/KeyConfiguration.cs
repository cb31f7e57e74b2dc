namespace LiveStreams.Api.Security;

/// <summary>
/// The configuration, from the same sources as the process's own, to be read again. That one is read once: watching files costs (<see cref="Hosting.Defaults"/>),
/// and reloading it would change more than keys.
/// </summary>
internal sealed class KeyConfiguration(IEnumerable<IConfigurationSource> sources)
{
    private IConfigurationRoot? _root;

    /// <exception cref="Hosting.SettingException">It cannot be right.</exception>
    /// <exception cref="InvalidDataException">A file is not JSON.</exception>
    public IReadOnlyList<KeySetting> ReadAgain()
    {
        if (_root is null)
        {
            var builder = new ConfigurationBuilder();
            foreach (var source in sources)
            {
                builder.Add(source);
            }

            _root = builder.Build();
        }
        else
        {
            _root.Reload();
        }

        return KeySetting.ReadAll(_root);
    }
}
