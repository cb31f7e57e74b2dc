using LiveStreams.Core;

namespace LiveStreams.Api.Hosting;

/// <summary>A setting has a value that the process cannot start with; the message names it.</summary>
internal sealed class SettingException(string message) : StartException(message);
