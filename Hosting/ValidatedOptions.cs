namespace LiveStreams.Hosting;

/// <summary>Options that are validated one by one, to find every invalid setting and not only the first.</summary>
/// <param name="read">Reads and validates them.</param>
public sealed class ValidatedOptions(Func<object> read)
{
    /// <summary>What is wrong with them, a sentence each.</summary>
    public IReadOnlyList<string> FindErrors()
    {
        try
        {
            read();
            return [];
        }
        catch (Exception exception) when (StartErrors.FindMessages(exception) is { } messages)
        {
            return messages;
        }
    }
}
