using System.Text;
using System.Text.Json.Serialization.Metadata;
using LiveStreams.Api.Http;
using Microsoft.Win32.SafeHandles;

namespace LiveStreams.Api.Tool;

/// <summary>
/// Standard output of the commands. <see cref="Console.Out"/> ignores that nobody reads any more, so that
/// <c>tail home | head -1</c> would never end.
/// </summary>
internal sealed class ToolOutput : IDisposable
{
    /// <summary>The descriptor of standard output.</summary>
    public const int Descriptor = 1;

    /// <summary>EPIPE.</summary>
    private const int BrokenPipe = 32;

    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsNoData = unchecked((int)0x800700E8);

    private readonly Stream _stream = Open();

    public static bool IsTerminal => !Console.IsOutputRedirected;

    /// <exception cref="ClosedOutputException">Nobody reads standard output any more.</exception>
    public void WriteLine(string line) => Write($"{line}\n");

    /// <summary>Writes one line of JSON, for other programs.</summary>
    /// <exception cref="ClosedOutputException">Nobody reads standard output any more.</exception>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type) =>
        WriteLine(Encoding.UTF8.GetString(JsonResponse.Encode(value, type).Span));

    /// <exception cref="ClosedOutputException">Nobody reads standard output any more.</exception>
    /// <exception cref="ToolException">It cannot be written, for example because the disk is full.</exception>
    public void Write(string text)
    {
        try
        {
            _stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException exception) when (exception.HResult is BrokenPipe or WindowsBrokenPipe or WindowsNoData)
        {
            throw new ClosedOutputException(exception);
        }
        catch (IOException exception)
        {
            throw new ToolException($"Standard output cannot be written: {exception.Message}", exception);
        }
    }

    public void Dispose() => _stream.Dispose();

    // In a file, a FileStream keeps a position of its own: it would overwrite what standard error has written there.
    private static Stream Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var output = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
