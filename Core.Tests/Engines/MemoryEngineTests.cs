using LiveStreams.Core.Memory;
using LiveStreams.Core.Tests.Support;

namespace LiveStreams.Core.Tests.Engines;

public sealed class MemoryEngineTests : EngineContract
{
    private protected override Task<Engine> OpenAsync(HistoryOptions history)
    {
        var bus = new LocalBus();
        var time = new ManualTime();
        return Task.FromResult(new Engine(new MemoryLog(history, bus, time), bus, time, history));
    }
}
