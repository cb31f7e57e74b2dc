using LiveStreams.Core;

namespace LiveStreams.Hosting;

/// <summary>A setting has a value that the process cannot start with. The message names the setting.</summary>
public sealed class SettingException(string message) : StartException(message);
