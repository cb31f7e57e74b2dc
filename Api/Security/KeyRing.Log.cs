namespace LiveStreams.Api.Security;

// What is logged of the keys. No message has a secret in it.
internal sealed partial class KeyRing
{
    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The keys have changed: {Added} are new, {Retired} are no longer valid; there are {Count} now.")]
    private partial void KeysChanged(int added, int retired, int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The keys of {Setting} cannot be read: it {Error}. Keys read before stay valid for up to an hour.")]
    private partial void KeysNotRead(string setting, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The keys of {Setting} can be read again.")]
    private partial void KeysReadAgain(string setting);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The keys of {Setting} are no longer valid: their tokens are refused, and their streams are closed.")]
    private partial void KeysRetired(string setting);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The configuration cannot be read again, so the keys are not changed: {Error}")]
    private partial void ConfigurationNotReloaded(string error);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "There are {Count} keys; only the first {Max} are used. Remove keys that are not needed.")]
    private partial void TooManyKeys(int count, int max);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} public keys are never used: a token is checked with at most {Max} that have no id. "
            + "Set Auth:Keys:N:Kid, and name it in the tokens.")]
    private partial void UnusedKeys(int count, int max);
}
