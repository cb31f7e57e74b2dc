using LiveStreams.Core.Memory;
using LiveStreams.Core.Tests.Support;

namespace LiveStreams.Core.Tests.Engines;

public sealed class MemoryEngineTests : EngineContract
{
    private protected override Engine Open(HistoryOptions history)
    {
        var bus = new LocalBus();
        var time = new ManualTime();
        return new Engine(new MemoryLog(history, bus, time), bus, time, history);
    }
}
