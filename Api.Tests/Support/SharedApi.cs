namespace LiveStreams.Api.Tests.Support;

/// <summary>One server for all tests of a class that leave it as it was: each uses pages of its own.</summary>
public class SharedApi : IAsyncLifetime
{
    private ServerProcess? _process;

    public ServerProcess Process => _process!;

    public ApiClient Client { get; private set; } = null!;

    protected virtual string[] Settings => [];

    public async ValueTask InitializeAsync()
    {
        _process = await ServerProcess.StartAsync(Settings);
        Client = new ApiClient(_process.Address);
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process!.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
