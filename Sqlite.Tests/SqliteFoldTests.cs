using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>Concurrent writers, readers and folds.</summary>
public sealed class SqliteFoldTests : IDisposable
{
    private const int Appends = 200;
    private const int DraftsPerAppend = 3;
    private const int FewKept = 20;
    private readonly SqliteFolder _folder = new();
    private readonly Engine _engine;
    private int _writing;

    public SqliteFoldTests()
    {
        _engine = _folder.Open(
            new HistoryOptions { MaxUpdates = Appends * DraftsPerAppend, MaxAge = TimeSpan.FromDays(365) });
        _engine.History.Pages.Add(new PageHistoryOptions { Pattern = "few*", MaxUpdates = FewKept });
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [InlineData(20)]
    [InlineData(3000)] // So large that the journal is folded for its length, in several steps.
    [InlineData(20, 6000)] // Small ones, and large ones that are written straight to history, in turn.
    public async Task Readers_get_every_append_whole_in_order_and_once_during_folds(params int[] bytes)
    {
        PageId[] all = [PageId.Parse("all 1"), PageId.Parse("all 2"), PageId.Parse("all 3")];
        PageId[] few = [PageId.Parse("few 1"), PageId.Parse("few 2")];
        var paddings = Array.ConvertAll(bytes, count => new string(' ', count));
        _writing = all.Length + few.Length;
        var writers = all.Concat(few).Select(page => Task.Run(() => WriteAsync(page, paddings), Ct));
        var followers = all.Select(page => Task.Run(() => FollowAsync(page), Ct));
        var headReaders = few.Select(page => Task.Run(() => ReadHeadsAsync(page), Ct));
        var folding = Task.Run(FoldAsync, Ct);

        await Task.WhenAll([.. writers, .. followers, .. headReaders, folding]);

        await _folder.UntilFoldedAsync(_engine);
        var expected = (all.Length * Appends * DraftsPerAppend) + (few.Length * FewKept);
        Assert.Equal(expected, _folder.Sql("SELECT count(*) FROM history"));
    }

    private async Task WriteAsync(PageId page, string[] paddings)
    {
        for (var n = 0; n < Appends; n++)
        {
            var padding = paddings[n % paddings.Length];
            var drafts = Enumerable.Range((n * DraftsPerAppend) + 1, DraftsPerAppend)
                .Select(m => Drafts.Text($"{m}{padding}", key: $"{m}"))
                .ToList();
            drafts.Add(drafts[0]); // A repeated key.
            var results = await _engine.Log.AppendAsync(page, drafts, Ct);
            var expected = drafts.Select(draft => long.Parse(draft.Key!.Text, null));
            Assert.Equal(expected, results.Select(result => result.Id.Sequence));
            Assert.Equal([false, false, false, true], results.Select(result => result.IsRepeat));
        }

        Interlocked.Decrement(ref _writing);
    }

    // Advances the clock so fast that several seconds often pass between two appends.
    private async Task FoldAsync()
    {
        while (Volatile.Read(ref _writing) > 0)
        {
            _engine.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private async Task FollowAsync(PageId page)
    {
        for (var position = UpdateId.None; position.Sequence < Appends * DraftsPerAppend;)
        {
            var block = await _engine.Log.ReadAsync(page, position, 7, Ct);
            Assert.Null(block.Reset);
            Assert.Equal((0, 1), (block.Page.Head.Sequence % DraftsPerAppend, block.Page.OldestSequence));
            position = Check(block, position);
            Assert.True(
                position == block.Page.Head || block.Updates.Count > 0,
                "The read returned nothing before the head of the page.");
        }
    }

    private async Task ReadHeadsAsync(PageId page)
    {
        for (var head = PageHead.Empty; head.Head.Sequence < Appends * DraftsPerAppend;)
        {
            var before = head;
            head = await _engine.Log.HeadAsync(page, Ct);
            Assert.True(head.Head.Sequence >= before.Head.Sequence, "The head of the page went back.");
            Assert.InRange(head.Count, 0, FewKept);
            if (!head.Head.IsNone)
            {
                await CheckBeforeAsync(page, head.Head);
            }

            var block = await _engine.Log.ReadAsync(page, head.Earliest, HistoryBlock.MaxUpdates, Ct);
            if (block.Reset is null)
            {
                Check(block, head.Earliest);
            }
            else
            {
                Assert.Equal(ResetReason.Trimmed, block.Reset!.Reason);
            }
        }
    }

    // While the page goes on, it keeps fewer of the updates before this one.
    private async Task CheckBeforeAsync(PageId page, UpdateId update)
    {
        var block = await _engine.Log.ReadBeforeAsync(page, update, 7, Ct);
        Assert.Null(block.Reset);
        Assert.Equal(Math.Clamp(update.Sequence - block.Page.OldestSequence, 0, 7), block.Updates.Count);
        if (block.Updates is [var first, .., var last])
        {
            Check(block, first.Id.Before(first.Id.Sequence));
            Assert.True(update.Follows(last.Id));
        }
    }

    private static UpdateId Check(HistoryBlock block, UpdateId position)
    {
        foreach (var update in block.Updates)
        {
            Assert.True(update.Id.Follows(position), $"{update.Id} came after {position}.");
            Assert.Equal($"{update.Id.Sequence}", update.Text().TrimEnd());
            position = update.Id;
        }

        return position;
    }
}
