using LiveStreams.Hosting;

namespace LiveStreams.Api.Security;

/// <summary>
/// A second configuration from the sources of the process's own, which can be read again. The process's own is read
/// once: watching files costs (<see cref="Defaults"/>), and reloading it would change more than keys.
/// </summary>
internal sealed class KeyConfiguration(IEnumerable<IConfigurationSource> sources)
{
    private IConfigurationRoot? _root;

    /// <exception cref="SettingException">A setting of a key is not valid.</exception>
    /// <exception cref="InvalidDataException">A file is not JSON.</exception>
    public IReadOnlyList<KeySetting> Reload()
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

        return KeySetting.FindError(_root) is { } error ? throw new SettingException(error) : KeySetting.ReadAll(_root);
    }
}
