namespace LiveStreams.Api.Security;

/// <summary>Keys could not be read. The message goes on after the setting's name, and has neither a secret nor an address in it.</summary>
/// <param name="message">For instance "has no key".</param>
/// <param name="isGone">Whether the keys were taken away, rather than out of reach for now.</param>
internal sealed class KeyException(string message, bool isGone = false) : Exception(message)
{
    public bool IsGone => isGone;
}
