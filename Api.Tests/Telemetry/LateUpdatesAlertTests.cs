using System.Diagnostics;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>
/// The alert that updates reach their readers late: a server pauses each time that it writes an update.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LateUpdatesAlertTests : IDisposable
{
    /// <summary>So many that the server still writes to some when the first has its update.</summary>
    private const int Streams = 4000;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(0.8);

    /// <summary>It sends signals faster than a new process of kill(1).</summary>
    private readonly Process _shell = Process.Start(new ProcessStartInfo("sh") { RedirectStandardInput = true })!;

    private readonly List<RawHttp> _streams = [];

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_server_that_pauses_while_it_writes()
    {
        using var server = await ServerProcess.StartAsync("--Store=memory");
        using var client = new ApiClient(server.Address);
        while (_streams.Count < Streams)
        {
            _streams.Add(await RawHttp.ConnectAsync(server.Address));
            await _streams[^1].SendAsync("GET /pages/home/events HTTP/1.1\r\nHost: x\r\n\r\n");
            await _streams[^1].ReceiveAsync();
        }

        using var prometheus = await PrometheusServer.StartAsync(server.Address);
        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsUpdatesLate"],
            cause: async () =>
            {
                var publishing = client.PublishAsync("home", "x");
                await _streams[0].ReceiveAsync();
                await SignalAsync("STOP", server);
                var start = TimeProvider.System.GetTimestamp();
                await Wait.UntilAsync(() => TimeProvider.System.GetElapsedTime(start) > _pause, "the pause is over");
                await SignalAsync("CONT", server);
                await publishing;
            },
            end: () => Task.CompletedTask);
    }

    public void Dispose()
    {
        _streams.ForEach(static stream => stream.Dispose());
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }

    private async Task SignalAsync(string signal, ServerProcess server)
    {
        await _shell.StandardInput.WriteLineAsync($"kill -{signal} {server.Id}");
        await _shell.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }
}
