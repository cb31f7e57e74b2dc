using LiveStreams.Core.Memory;
using LiveStreams.Core.Tests.Support;

namespace LiveStreams.Core.Tests.Engines;

public sealed class MemoryEngineTests : EngineContract
{
    private protected override Task<Engine> OpenAsync(HistoryOptions history)
    {
        var bus = new LocalBus();
        var time = new ManualTime();
        var posts = Engine.NewPostOptions();
        return Task.FromResult(new Engine(new MemoryLog(history, posts, bus, time), bus, time, history, posts));
    }
}
