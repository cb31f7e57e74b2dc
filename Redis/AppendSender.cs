using LiveStreams.Core;
using LiveStreams.Core.Posts;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>Sends the appends of several pages to Redis in one call of <see cref="AppendScript"/>.</summary>
internal sealed class AppendSender(
    RedisConnection connection,
    HistoryOptions history,
    PostOptions posts,
    TimeProvider time)
{
    private readonly IndexWriter _index = new(connection, time);

    /// <summary>
    /// Sets the outcome of every append, and then returns on a thread of the pool. Throws nothing. Where one call
    /// cannot hold the keys of several pages, each append gets a call of its own. Pages that may not be in the index
    /// are there when this returns (<see cref="IndexWriter"/>).
    /// </summary>
    public async Task SendAsync(PendingAppend[] appends)
    {
        try
        {
            var pages = SetOutcomes(appends, await CallScriptAsync(appends).ConfigureAwait(false));
            await _index.AddAsync(pages).ConfigureAwait(false);
        }
        catch (StoreUnavailableException exception) when (appends.Length > 1 && RedisErrors.IsCrossSlot(exception))
        {
            await Task.WhenAll(appends.Select(append => SendAsync([append]))).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Array.ForEach(appends, append => append.SetOutcome(exception));
        }

        // The client's thread delivers the replies for all pages, so it must not run what follows from one of them.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private Task<RedisResult> CallScriptAsync(PendingAppend[] appends)
    {
        var now = time.GetUtcNow();
        var drafts = appends.Sum(append => append.Drafts.Count);
        var script = new AppendScript(
            connection.Names,
            posts,
            connection.PublishCommand,
            now,
            appends.Length,
            drafts);
        foreach (var append in appends)
        {
            script.AddPage(append, history.For(append.Page), connection.NewestKnownIds.Find(append.Page));
        }

        return connection.EvaluateAsync(AppendScript.Text, script.Keys, script.Arguments, isAppend: true);
    }

    // Returns the pages to which the call has published, and that need to be written to the index.
    private List<IndexedPage> SetOutcomes(PendingAppend[] appends, RedisResult reply)
    {
        var replies = (RedisResult[])reply!;
        var pages = new List<IndexedPage>();
        for (var i = 0; i < appends.Length; i++)
        {
            try
            {
                var results = AppendScript.ParseReply(replies[i], out var begins);
                if (begins || (!_index.Knows(appends[i].Page) && Array.Exists(results, IsInStore)))
                {
                    pages.Add(new IndexedPage(appends[i].Page, begins));
                }

                foreach (var result in results)
                {
                    if (!result.IsRepeat && !result.Id.IsNone)
                    {
                        connection.NewestKnownIds.Record(appends[i].Page, result.Id);
                    }
                }

                appends[i].SetOutcome(results);
            }
            catch (Exception exception)
            {
                // Only this page's append has failed.
                appends[i].SetOutcome(RedisErrors.Translate(exception, isAppend: true) ?? exception);
            }
        }

        return pages;
    }

    // The store has the page, whether the draft was published now or before.
    private static bool IsInStore(PublishResult result) =>
        result.Status is PublishStatus.Published or PublishStatus.Repeated;
}
