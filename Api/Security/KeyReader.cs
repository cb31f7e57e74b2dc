using System.Security.Cryptography;
using System.Text;

namespace LiveStreams.Api.Security;

/// <summary>Reads the keys of a setting: a secret, a PEM file, or a key set from a file or an address.</summary>
internal sealed class KeyReader : IDisposable
{
    private const int MaxFileBytes = 256 * 1024;
    private static readonly TimeSpan _fetchTimeout = TimeSpan.FromSeconds(5);

    // No redirects: the address that one leads to would be trusted as much as the configured one.
    private readonly HttpClient _http =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = _fetchTimeout })
        {
            Timeout = _fetchTimeout,
            MaxResponseContentBufferSize = MaxFileBytes,
        };

    /// <exception cref="KeyException">The keys cannot be read, or there are none.</exception>
    public async Task<IReadOnlyList<SigningKey>> ReadAsync(KeySetting setting, CancellationToken cancellationToken)
    {
        IReadOnlyList<SigningKey> keys = setting switch
        {
            { Secret: { } secret } => [SigningKey.FromSecret(Encoding.UTF8.GetBytes(secret), setting.Kid)],
            { PemFile: { } file } =>
                [ParsePem(Encoding.ASCII.GetString(await ReadFileAsync(file, cancellationToken)), setting.Kid)],
            { JwksFile: { } file } => KeySetReader.Read(await ReadFileAsync(file, cancellationToken)),
            _ => KeySetReader.Read(await FetchAsync(setting.JwksUrl!, cancellationToken)),
        };
        if (setting.Algorithm is not { } algorithm)
        {
            return keys;
        }

        keys = [.. keys.Where(key => key.Algorithm == algorithm)];
        return keys.Count > 0 ? keys : throw new KeyException($"has no key for {algorithm}");
    }

    public void Dispose() => _http.Dispose();

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundedFile.ReadAsync(path, MaxFileBytes, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            throw new KeyException(exception.Message);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyException("does not exist", isRemoved: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KeyException($"cannot be read ({exception.GetType().Name})");
        }
    }

    private async Task<byte[]> FetchAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(url, cancellationToken);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
                : throw new KeyException($"returned status {(int)response.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Without the exception's message, which may have the address, and so a secret in it.
            throw new KeyException(
                $"returned no response of at most {MaxFileBytes} bytes within {_fetchTimeout.TotalSeconds} s");
        }
    }

    private static SigningKey ParsePem(string pem, string? kid)
    {
        var canSign = pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
        var rsa = RSA.Create();
        if (TryImport(rsa, pem))
        {
            return SigningKey.FromRsa(rsa, kid, canSign);
        }

        rsa.Dispose();
        var ecdsa = ECDsa.Create();
        return TryImport(ecdsa, pem)
            ? SigningKey.FromEcdsa(ecdsa, kid, canSign)
            : throw new KeyException("has no RSA or P-256 key in PEM, or more than one, or an encrypted one");
    }

    // ArgumentException: the text has no such key. CryptographicException: it has a key of another kind, or a broken
    // one.
    private static bool TryImport(AsymmetricAlgorithm key, string pem)
    {
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
