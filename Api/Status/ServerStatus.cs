using System.Text.Json.Serialization;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Status;

/// <summary>What a server does now, for people on call.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="State"><c>ready</c>, <c>stopping</c> or <c>unavailable</c>, as <c>/health/ready</c> says.</param>
/// <param name="Now">The server's time.</param>
/// <param name="StartedAt">When the process started.</param>
/// <param name="Store">What keeps the pages.</param>
/// <param name="Streams">Its event streams.</param>
/// <param name="Totals">What it has done since its start.</param>
/// <param name="Pages">The pages that are watched.</param>
/// <param name="Memory">Its memory.</param>
/// <param name="OtherServers">How many other servers share its store; null if the store is its own.</param>
/// <param name="Members">The silos of its cluster; null without one.</param>
/// <param name="Faults">The newest warnings and errors in its log, newest first.</param>
internal sealed record ServerStatus(
    string Service,
    string Version,
    string Machine,
    int ProcessId,
    string State,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset Now,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset StartedAt,
    StoreStatus Store,
    StreamStatus Streams,
    Totals Totals,
    PagesStatus Pages,
    MemoryStatus Memory,
    long? OtherServers,
    IReadOnlyList<ClusterMember>? Members,
    IReadOnlyList<Fault> Faults);

/// <param name="Kind"><c>sqlite</c>, <c>redis</c> or <c>memory</c>.</param>
/// <param name="Description">Where it is.</param>
/// <param name="Error">Why it does not take updates now; null if it does.</param>
internal sealed record StoreStatus(string Kind, string Description, string? Error);

/// <param name="Open">Streams that are open.</param>
/// <param name="Limit">How many may be (<c>Limits:MaxSubscribers</c>).</param>
/// <param name="Opened">Streams that have begun since the start.</param>
internal sealed record StreamStatus(int Open, int Limit, long Opened);

/// <param name="Updates">Updates that were published at this server.</param>
/// <param name="Frames">Updates that were written to streams, each counted for each stream.</param>
/// <param name="Bytes">The bytes of these.</param>
internal sealed record Totals(long Updates, long Frames, long Bytes);

/// <param name="Watched">Pages that have streams, or had some a moment ago.</param>
/// <param name="Busiest">Those with the most streams, most first.</param>
internal sealed record PagesStatus(int Watched, IReadOnlyList<BusyPage> Busiest);

/// <param name="Page">The page's name.</param>
/// <param name="Streams">Its streams at this server.</param>
internal sealed record BusyPage(string Page, int Streams);

/// <param name="ResidentBytes">The memory of the process.</param>
/// <param name="HeapBytes">The objects of .NET, garbage among them.</param>
/// <param name="UnsentBytes">What is held for readers that are slow to take it.</param>
internal sealed record MemoryStatus(long ResidentBytes, long HeapBytes, long UnsentBytes);

/// <param name="Name">The silo's name.</param>
/// <param name="Address">Where other silos reach it.</param>
/// <param name="Status">Its state, in Orleans' words.</param>
internal sealed record ClusterMember(string Name, string Address, string Status);

/// <param name="At">When it was logged.</param>
/// <param name="Level"><c>warning</c>, <c>error</c> or <c>critical</c>.</param>
/// <param name="Message">What was logged, at most <see cref="FaultLog.MaxLength"/> characters.</param>
internal sealed record Fault(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset At, string Level, string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
