using System.Text;
using LiveStreams.Api.Security;

namespace LiveStreams.Api.Tool;

/// <summary>
/// Where the token comes from: a file, else the environment. There is no option for the token itself, because other
/// users of a machine can read its command lines.
/// </summary>
internal sealed class TokenSource(string? file)
{
    public const string Variable = "LIVESTREAMS_TOKEN";

    private const int MaxBytes = 64 * 1024;

    /// <summary>
    /// Returns the token, or null without one. A file is read each time, so that the next request uses a token that has
    /// been replaced.
    /// </summary>
    /// <exception cref="ToolException">
    /// The file cannot be read, or what it or the variable holds is not a token.
    /// </exception>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var source = file is null ? Variable : $"The file '{file}'";
        var text = file is null
            ? Environment.GetEnvironmentVariable(Variable)
            : await ReadFileAsync(file, cancellationToken);
        var token = text?.Trim();
        if (file is null && string.IsNullOrEmpty(token))
        {
            return null;
        }

        // The text is not repeated: it is a secret.
        return token is { Length: > 0 } && token.All(character => character is > ' ' and <= '~')
            ? token
            : throw new ToolException($"{source} does not hold a token: that is one line without spaces.");
    }

    private static async Task<string> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return Encoding.UTF8.GetString(await BoundedFile.ReadAsync(file, MaxBytes, cancellationToken));
        }
        catch (InvalidDataException exception)
        {
            throw new ToolException($"The file '{file}' {exception.Message}, so it does not hold a token.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The token cannot be read: {exception.Message}", exception);
        }
    }
}
