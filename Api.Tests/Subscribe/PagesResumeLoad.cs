namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>The load on 50 pages, named in one stream: nothing comes twice.</summary>
internal sealed class PagesResumeLoad(DisturbedEngine engine) : ResumeLoad(engine)
{
    private readonly string[] _pages = [.. Enumerable.Range(0, 50).Select(n => $"page {n}")];

    protected override int Reconnects => 200;

    protected override Task<EventStream> OpenAsync(ApiClient subscriber, string? position) =>
        subscriber.SubscribeToPagesAsync(_pages, position, position is null ? "&from=earliest" : "");

    protected override string NextPage() => Random.Shared.GetItems(_pages, 1)[0];

    protected override void OnRepeated(PageEvent update, string first) => Assert.Fail($"{update} came twice.");
}
