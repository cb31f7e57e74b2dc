using System.Text;

namespace LiveStreams.Core.Tests.Support;

internal static class Drafts
{
    public static UpdateDraft Text(string data, string? key = null, bool keep = true, string? name = null) =>
        new() { Data = Encoding.UTF8.GetBytes(data), Key = key, Keep = keep, Event = name };

    public static string Text(this Update update) => Encoding.UTF8.GetString(update.Data.Span);

    public static async Task<Published> AppendAsync(this IPageLog log, PageId page, UpdateDraft draft) =>
        (await log.AppendAsync(page, [draft], TestContext.Current.CancellationToken))[0];

    /// <summary>Everything after a position, block by block.</summary>
    public static async Task<List<Update>> ReadAllAsync(this IPageLog log, PageId page, UpdateId after)
    {
        var all = new List<Update>();
        while (true)
        {
            var block = await log.ReadAsync(page, after, HistoryBlock.MaxUpdates, TestContext.Current.CancellationToken);
            Assert.Null(block.Reset);
            if (block.Updates.Count == 0)
            {
                return all;
            }

            all.AddRange(block.Updates);
            after = block.Updates[^1].Id;
        }
    }
}
