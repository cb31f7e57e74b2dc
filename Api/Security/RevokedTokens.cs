using System.Security.Cryptography;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Security;

/// <summary>
/// The tokens that are no longer valid although they have not expired (<c>Auth:RevokedFile</c>). If the file cannot be
/// read again, or is no longer a list, the entries that were read last stay.
/// </summary>
internal sealed partial class RevokedTokens(
    AuthOptions options, TimeProvider time, ILogger<RevokedTokens> logger)
{
    private RevocationList _list = RevocationList.Empty;
    private byte[]? _hash;
    private bool _isFailing;
    private long _readAt;

    /// <summary>The time since the file was last read without an error; null without a file.</summary>
    public TimeSpan? Age => options.RevokedFile is null ? null : time.GetElapsedTime(Volatile.Read(ref _readAt));

    /// <summary>Reads the file for the first time.</summary>
    /// <exception cref="SettingException">The file cannot be read, or is not a list.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } error)
        {
            throw new SettingException($"Auth:RevokedFile: '{options.RevokedFile}' {error}.");
        }
    }

    /// <summary>Reads the file again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var error = await ReadAsync(cancellationToken);
        if (error is not null && !_isFailing)
        {
            NotRead(error);
        }

        _isFailing = error is not null;
    }

    /// <summary>Whether a token is revoked. One that was looked up in this list before costs a comparison.</summary>
    public bool Contains(Token token)
    {
        var list = Volatile.Read(ref _list);
        if (token.ClearedVersion == list.Version)
        {
            return false;
        }

        if (list.Contains(token.Identity))
        {
            return true;
        }

        token.ClearedVersion = list.Version;
        return false;
    }

    // What is wrong with the file; null if it was read.
    private async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        if (options.RevokedFile is not { } file)
        {
            return null;
        }

        try
        {
            var content = await BoundedFile.ReadAsync(file, RevocationList.MaxBytes, cancellationToken);
            var hash = SHA256.HashData(content);
            if (_hash is null || !hash.AsSpan().SequenceEqual(_hash))
            {
                var list = RevocationList.Parse(content, _list.Version + 1);
                Volatile.Write(ref _list, list);
                _hash = hash;
                Read(list.Count);
            }

            Volatile.Write(ref _readAt, time.GetTimestamp());
            return null;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "does not exist";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read ({exception.GetType().Name})";
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Auth:RevokedFile has been read. It revokes {Count} tokens and subjects.")]
    private partial void Read(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Auth:RevokedFile {Error}. What it revoked before stays revoked; new entries have no effect until it "
            + "can be read.")]
    private partial void NotRead(string error);
}
