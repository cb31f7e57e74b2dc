using System.Globalization;
using System.Text;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>A request in its parts, any of which may be wrong. Text is bytes, each a character (Latin-1), so that nothing on the way puts it right.</summary>
internal sealed class FuzzRequest
{
    public required string Method { get; set; }

    public required string Target { get; set; }

    public string Version { get; set; } = "HTTP/1.1";

    /// <summary>Names and values; a name without a value is a whole line, with its end, as it is to be sent.</summary>
    public List<(string Name, string? Value)> Headers { get; init; } = [("Host", "127.0.0.1")];

    /// <summary>What follows the headers, framed already; null for nothing.</summary>
    public string? Body { get; set; }

    public static FuzzRequest Get(string target, params (string Name, string? Value)[] headers) => new() { Method = "GET", Target = target, Headers = [("Host", "127.0.0.1"), .. headers] };

    public static FuzzRequest Send(string method, string target, string contentType, string body, params (string Name, string? Value)[] headers) => new()
    {
        Method = method,
        Target = target,
        Headers = [("Host", "127.0.0.1"), ("Content-Type", contentType), ("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)), .. headers],
        Body = body,
    };

    /// <summary>Puts other data in, whose length the headers say.</summary>
    public void SetBody(string body)
    {
        Body = body;
        Headers.RemoveAll(header => header.Name is "Content-Length" or "Transfer-Encoding");
        Headers.Add(("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>The same data in chunks; <paramref name="chunks"/> is all that follows the headers.</summary>
    public void SetChunks(string chunks)
    {
        Body = chunks;
        Headers.RemoveAll(header => header.Name is "Content-Length" or "Transfer-Encoding");
        Headers.Add(("Transfer-Encoding", "chunked"));
    }

    public byte[] ToBytes()
    {
        var text = new StringBuilder().Append(Method).Append(' ').Append(Target).Append(' ').Append(Version).Append("\r\n");
        foreach (var (name, value) in Headers)
        {
            text.Append(name).Append(value is null ? null : $": {value}\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").Append(Body).ToString());
    }
}
