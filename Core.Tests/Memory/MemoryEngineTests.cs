using LiveStreams.Core.Memory;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests.Memory;

public sealed class MemoryEngineTests : EngineContract
{
    protected override Task<Engine> OpenAsync(HistoryOptions history)
    {
        var bus = new LocalBus();
        var time = new FakeTimeProvider();
        var posts = Engine.NewPostOptions();
        return Task.FromResult(new Engine(new MemoryLog(history, posts, bus, time), bus, time, history, posts));
    }

    protected override async Task LoseAllPagesAsync() => Use(await OpenAsync(Engine.History));
}
