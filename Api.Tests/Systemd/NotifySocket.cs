using System.Net.Sockets;
using System.Text;

namespace LiveStreams.Api.Tests.Systemd;

/// <summary>The socket on which systemd hears from a service of <c>Type=notify</c>.</summary>
internal sealed class NotifySocket : IDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-notify-");
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket() => _socket.Bind(new UnixDomainSocketEndPoint(Path));

    public string Path => System.IO.Path.Combine(_folder.FullName, "notify");

    /// <summary>Whether a message waits to be received.</summary>
    public bool HasMessage => _socket.Available > 0;

    /// <summary>The next message.</summary>
    public async Task<string> ReceiveAsync()
    {
        var buffer = new byte[256];
        var ct = TestContext.Current.CancellationToken;
        var count = await _socket.ReceiveAsync(buffer, ct).AsTask().WaitAsync(_bound);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Delete(recursive: true);
    }
}
