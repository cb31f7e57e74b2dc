using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>What a server process holds, seen from outside.</summary>
internal static class ServerWatch
{
    /// <summary>A keyword of the runtime's events: whoever asks for it has the garbage collected.</summary>
    private const long CollectKeyword = 0x800000;

    /// <summary>Its sockets: those it listens on, and one for each connection.</summary>
    public static int Sockets(ServerProcess server) =>
        Directory.GetFiles($"/proc/{server.Id}/fd").Count(IsSocket);

    /// <summary>The bytes it holds when the garbage has been collected.</summary>
    public static async Task<long> MemoryAsync(ServerProcess server)
    {
        var client = new DiagnosticsClient(server.Id);
        for (var i = 0; i < 3; i++)
        {
            using var session = client.StartEventPipeSession(new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, CollectKeyword), requestRundown: false);
            var events = session.EventStream.CopyToAsync(Stream.Null);
            await session.StopAsync(TestContext.Current.CancellationToken);
            await events;
        }

        return server.ResidentBytes;
    }

    private static bool IsSocket(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) is true;
        }
        catch (FileNotFoundException)
        {
            // It was closed while the others were counted.
            return false;
        }
    }
}
