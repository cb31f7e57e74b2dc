using System.Globalization;
using System.Text;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>
/// A request in parts, any of which may be invalid. Each character stands for one byte (Latin-1), so that no encoder
/// corrects the text.
/// </summary>
internal sealed class FuzzRequest
{
    public required string Method { get; set; }

    public required string Target { get; set; }

    public string Version { get; set; } = "HTTP/1.1";

    /// <summary>Names and values. A name without a value is a complete line with its line end, sent as it is.</summary>
    public List<(string Name, string? Value)> Headers { get; init; } = [("Host", "127.0.0.1")];

    /// <summary>What follows the headers, framed already. Null for no body.</summary>
    public string? Body { get; set; }

    public static FuzzRequest Get(string target, params (string Name, string? Value)[] headers) => new()
    {
        Method = "GET",
        Target = target,
        Headers = [("Host", "127.0.0.1"), .. headers],
    };

    public static FuzzRequest Send(
        string method,
        string target,
        string contentType,
        string body,
        params (string Name, string? Value)[] headers) =>
        new()
        {
            Method = method,
            Target = target,
            Headers =
            [
                ("Host", "127.0.0.1"),
                ("Content-Type", contentType),
                ("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)),
                .. headers,
            ],
            Body = body,
        };

    /// <summary>Replaces the body, and sets Content-Length to its length.</summary>
    public void SetBody(string body)
    {
        Body = body;
        Headers.RemoveAll(header => header.Name is "Content-Length" or "Transfer-Encoding");
        Headers.Add(("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Replaces the body by <paramref name="chunks"/>, which is sent as it is after the headers.</summary>
    public void SetChunks(string chunks)
    {
        Body = chunks;
        Headers.RemoveAll(header => header.Name is "Content-Length" or "Transfer-Encoding");
        Headers.Add(("Transfer-Encoding", "chunked"));
    }

    public byte[] ToBytes()
    {
        var text = new StringBuilder($"{Method} {Target} {Version}\r\n");
        foreach (var (name, value) in Headers)
        {
            text.Append(name).Append(value is null ? null : $": {value}\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").Append(Body).ToString());
    }
}
