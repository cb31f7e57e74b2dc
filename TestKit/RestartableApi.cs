namespace LiveStreams.TestKit;

/// <summary>A server that a test kills and starts again. Disposing it ends the process that runs last.</summary>
public sealed class RestartableApi : IDisposable
{
    private RestartableApi(ServerProcess first) => Current = first;

    public ServerProcess Current { get; private set; }

    public static async Task<RestartableApi> StartAsync(params string[] settings) =>
        new(await ServerProcess.StartAsync(settings));

    public async Task KillAndRestartAsync()
    {
        await Current.KillAsync();
        Current = await Current.RestartAsync();
    }

    public void Dispose() => Current.Dispose();
}
