using System.Security.Cryptography;
using System.Text;

namespace LiveStreams.Api.Security;

/// <summary>Reads the keys that a setting stands for, from wherever it says.</summary>
internal sealed class KeyReader : IDisposable
{
    private const int MaxFileBytes = 256 * 1024;
    private static readonly TimeSpan _fetchTimeout = TimeSpan.FromSeconds(5);

    // One that is sent elsewhere by a redirect would be trusted as much as the address that was configured.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = _fetchTimeout })
    {
        Timeout = _fetchTimeout,
        MaxResponseContentBufferSize = MaxFileBytes,
    };

    /// <exception cref="KeyException">They cannot be read, or are none.</exception>
    public async Task<IReadOnlyList<SigningKey>> ReadAsync(KeySetting setting, CancellationToken cancellationToken)
    {
        IReadOnlyList<SigningKey> keys = setting switch
        {
            { Secret: { } secret } => [SigningKey.OfSecret(Encoding.UTF8.GetBytes(secret), setting.Kid)],
            { PemFile: { } file } => [OfPem(Encoding.ASCII.GetString(await ReadFileAsync(file, cancellationToken)), setting.Kid)],
            { JwksFile: { } file } => KeySet.Read(await ReadFileAsync(file, cancellationToken)),
            _ => KeySet.Read(await FetchAsync(setting.JwksUrl!, cancellationToken)),
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
            await using var file = File.OpenRead(path);
            var content = new byte[MaxFileBytes + 1];
            var length = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
            return length <= MaxFileBytes ? content[..length] : throw new KeyException($"has more than {MaxFileBytes} bytes");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyException("is not there", isGone: true);
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
                : throw new KeyException($"answers {(int)response.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Not its message, which may have the address, and so what is secret in it.
            throw new KeyException($"gives no answer of at most {MaxFileBytes} bytes within {_fetchTimeout.TotalSeconds} s");
        }
    }

    private static SigningKey OfPem(string pem, string? kid)
    {
        var canSign = pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
        var rsa = RSA.Create();
        if (TryImport(rsa, pem))
        {
            return SigningKey.Of(rsa, kid, canSign);
        }

        rsa.Dispose();
        var ecdsa = ECDsa.Create();
        return TryImport(ecdsa, pem) ? SigningKey.Of(ecdsa, kid, canSign) : throw new KeyException("has no RSA or P-256 key in PEM, or more than one, or an encrypted one");
    }

    // ArgumentException: no such key in it. CryptographicException: a key of another kind, or none after all.
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
