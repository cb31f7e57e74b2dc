using Microsoft.Win32.SafeHandles;

namespace LiveStreams.Api.Tool;

/// <summary>
/// Standard input of the commands. A read of <see cref="Console.In"/> blocks its caller, so that Ctrl-C would have to
/// wait for it.
/// </summary>
internal static class ToolInput
{
    /// <summary>The largest data that any server can take (<c>Limits:MaxUpdateBytes</c>).</summary>
    private const int MaxBytes = 16 * 1024 * 1024;

    private const int Descriptor = 0;

    /// <summary>
    /// Opens standard input. If it is a terminal, the user is asked to enter <paramref name="expected"/>.
    /// </summary>
    public static Stream Open(string expected)
    {
        if (!Console.IsInputRedirected)
        {
            Console.Error.WriteLine($"Enter {expected}, and Ctrl-D to end:");
        }

        return OperatingSystem.IsWindows()
            ? Console.OpenStandardInput()
            : new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    }

    /// <summary>Reads all of it, without one line end at its end, which <c>echo</c> and editors add.</summary>
    /// <exception cref="ToolException">It has more than 16 MiB.</exception>
    public static async Task<byte[]> ReadToEndAsync(Stream input, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await input.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken);
            if (read == 0)
            {
                break;
            }

            content.Write(buffer, 0, read);
            if (content.Length > MaxBytes)
            {
                throw new ToolException("Standard input has more than 16 MiB, which no server takes as one update.");
            }
        }

        var data = content.ToArray().AsSpan();
        data = data.EndsWith("\n"u8) ? data[..^1] : data;
        data = data.EndsWith("\r"u8) ? data[..^1] : data;
        return data.ToArray();
    }
}
