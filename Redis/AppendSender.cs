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
    /// <summary>
    /// Sets the outcome of every append, and then returns on a thread of the pool. Throws nothing. Where one call
    /// cannot hold the keys of several pages, each append gets a call of its own.
    /// </summary>
    public async Task SendAsync(PendingAppend[] appends)
    {
        try
        {
            SetOutcomes(appends, await CallScriptAsync(appends).ConfigureAwait(false));
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

    private void SetOutcomes(PendingAppend[] appends, RedisResult reply)
    {
        var replies = (RedisResult[])reply!;
        for (var i = 0; i < appends.Length; i++)
        {
            try
            {
                var results = AppendScript.ParseReply(replies[i]);
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
    }
}
