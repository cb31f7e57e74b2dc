namespace LiveStreams.Api.Security;

/// <summary>Keys cannot be read.</summary>
/// <param name="message">
/// What follows the setting's name in a sentence, such as "has no key". It has neither a secret nor an address in it.
/// </param>
/// <param name="isRemoved">Whether the keys were removed, and are not only out of reach for now.</param>
internal sealed class KeyException(string message, bool isRemoved = false) : Exception(message)
{
    public bool IsRemoved => isRemoved;
}
