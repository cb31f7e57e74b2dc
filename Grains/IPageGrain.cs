namespace LiveStreams.Grains;

/// <summary>One page of the cluster; its key is the page's name.</summary>
[Alias("livestreams.page")]
public interface IPageGrain : IGrainWithStringKey
{
    /// <summary>Publishes to the page. The reply says what went wrong, if anything: it throws no exception.</summary>
    [Alias("publish")]
    Task<PublishReply> PublishAsync(DraftMessage draft);
}
