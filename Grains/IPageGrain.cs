namespace LiveStreams.Grains;

/// <summary>One page of the cluster; its key is the page's name.</summary>
[Alias("livestreams.page")]
public interface IPageGrain : IGrainWithStringKey
{
    /// <summary>Publishes to the page. What may go wrong is in the answer: no exception crosses the call.</summary>
    [Alias("publish")]
    Task<PublishReply> PublishAsync(DraftMessage draft);
}
