using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>The resources of a server process, measured from outside.</summary>
internal static class ServerResources
{
    /// <summary>A keyword of the runtime's events: enabling it triggers a garbage collection.</summary>
    private const long CollectKeyword = 0x800000;

    /// <summary>Listening sockets, and one for each connection.</summary>
    public static int CountSockets(ServerProcess server) =>
        Directory.GetFiles($"/proc/{server.Id}/fd").Count(IsSocket);

    /// <summary>Resident bytes after garbage collections.</summary>
    public static async Task<long> MeasureMemoryAsync(ServerProcess server)
    {
        var client = new DiagnosticsClient(server.Id);
        for (var i = 0; i < 3; i++)
        {
            using var session = client.StartEventPipeSession(
                new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, CollectKeyword),
                requestRundown: false);
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
            var target = File.ResolveLinkTarget(file, returnFinalTarget: false);
            return target?.Name.StartsWith("socket:", StringComparison.Ordinal) is true;
        }
        catch (FileNotFoundException)
        {
            // The file was closed during the count.
            return false;
        }
    }
}
