using LiveStreams.Core.Memory;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests.Engines;

public sealed class MemoryEngineTests : EngineContract
{
    private protected override Task<Engine> OpenAsync(HistoryOptions history)
    {
        var bus = new LocalBus();
        var time = new FakeTimeProvider();
        var posts = Engine.NewPostOptions();
        return Task.FromResult(new Engine(new MemoryLog(history, posts, bus, time), bus, time, history, posts));
    }
}
