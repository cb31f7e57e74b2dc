using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace LiveStreams.Hosting;

/// <summary>
/// <c>Secrets:Folder</c>: a folder in which each file is a setting, as Docker and Kubernetes mount secrets. The file
/// <c>Redis__Connection</c> has the value of <c>Redis:Connection</c>.
/// </summary>
public static class SecretFiles
{
    private const string Setting = "Secrets:Folder";

    /// <summary>
    /// Adds the files below all sources so far: a configuration file, the environment and the command line override
    /// them.
    /// </summary>
    /// <exception cref="SettingException">The folder does not exist, or a file of it cannot be read.</exception>
    public static void AddSecretFiles(this ConfigurationManager configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } folder)
        {
            return;
        }

        if (!Directory.Exists(folder))
        {
            throw new SettingException($"{Setting} is '{folder}', which is not a folder.");
        }

        try
        {
            configuration.Sources.Insert(0, new KeyPerFileConfigurationSource
            {
                FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{Setting} cannot be read: {exception.Message}");
        }
    }
}
