using LiveStreams.Core;
using LiveStreams.Core.Posts;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>Calls <see cref="AppendScript"/> for the appends of several pages, and notes on each how it has ended.</summary>
internal sealed class AppendCalls(RedisConnection connection, HistoryOptions history, PostOptions posts, TimeProvider time)
{
    /// <summary>Returns when every append has its outcome, on a thread that those who wait for them may go on with. Throws nothing.</summary>
    public async Task RunAsync(PageAppend[] appends)
    {
        try
        {
            Note(appends, await SendAsync(appends).ConfigureAwait(false));
        }
        catch (StoreUnavailableException exception) when (appends.Length > 1 && RedisErrors.NamesManySlots(exception))
        {
            await Task.WhenAll(appends.Select(append => RunAsync([append]))).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Array.ForEach(appends, append => append.Fail(exception));
        }

        // What comes of the answers is not for the client's thread, which has those of all pages to hand out.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private Task<RedisResult> SendAsync(PageAppend[] appends)
    {
        var now = time.GetUtcNow();
        var drafts = appends.Sum(append => append.Drafts.Count);
        var script = new AppendScript(connection.Names, posts, now, appends.Length, drafts);
        foreach (var append in appends)
        {
            var known = connection.NewestKnownIds.Find(append.Page);
            script.AddPage(append.Page, append.Drafts, history.For(append.Page), known);
        }

        return connection.EvaluateAsync(AppendScript.Text, script.Keys, script.Arguments, isAppend: true);
    }

    private void Note(PageAppend[] appends, RedisResult result)
    {
        var replies = (RedisResult[])result!;
        for (var i = 0; i < appends.Length; i++)
        {
            try
            {
                var answers = AppendScript.ParseReply(replies[i]);
                foreach (var answer in answers)
                {
                    if (!answer.Repeated && !answer.Id.IsNone)
                    {
                        connection.NewestKnownIds.Record(appends[i].Page, answer.Id);
                    }
                }

                appends[i].Answer(answers);
            }
            catch (Exception exception)
            {
                // It concerns this page alone.
                appends[i].Fail(RedisErrors.Translate(exception, isAppend: true) ?? exception);
            }
        }
    }
}
