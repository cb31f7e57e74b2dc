namespace LiveStreams.Api.Security;

/// <summary>A small file that is read whole.</summary>
internal static class BoundedFile
{
    /// <exception cref="InvalidDataException">
    /// It has more bytes; the message follows the file's name in a sentence.
    /// </exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static async Task<byte[]> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            content.Write(buffer, 0, length);
            if (content.Length > maxBytes)
            {
                throw new InvalidDataException($"has more than {maxBytes} bytes");
            }
        }

        return content.ToArray();
    }
}
