using LiveStreams.Core;

namespace LiveStreams.Redis.Tests;

/// <summary>What a process remembers of a page's ids.</summary>
public sealed class KnownIdsTests
{
    private static readonly PageId _home = PageId.Parse("home");

    [Fact]
    public void Nothing_is_known_at_first() => Assert.Equal((UpdateId.None, ""), Known(new KnownIds()));

    [Fact]
    public void An_older_id_changes_nothing_and_a_newer_one_is_remembered() => Assert.Equal(
        (new UpdateId(0xa, 8), "00000000000a"),
        Known(new KnownIds().Add(new UpdateId(0xa, 7)).Add(new UpdateId(0xa, 8)).Add(new UpdateId(0xa, 6))));

    [Fact]
    public void A_late_id_of_a_replaced_epoch_changes_nothing()
    {
        var known = new KnownIds().Add(new UpdateId(0xa, 7)).Add(new UpdateId(0xb, 2));

        Assert.Equal((new UpdateId(0xb, 2), "00000000000b 00000000000a"), Known(known));
        Assert.Equal(known, known.Add(new UpdateId(0xa, 8)));
    }

    [Fact]
    public void The_eight_newest_replaced_epochs_are_remembered()
    {
        var known = new KnownIds();
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            known = known.Add(new UpdateId(epoch, 1));
        }

        var epochs = Enumerable.Range(12, 9).Reverse().Select(epoch => ScriptValues.FormatEpoch(epoch));
        Assert.Equal(string.Join(' ', epochs), known.Epochs);
    }

    [Fact]
    public void An_announced_id_of_another_epoch_changes_nothing()
    {
        var known = new NewestKnownIds();

        known.RecordAnnounced(_home, new UpdateId(0xa, 1));
        known.RecordAnnounced(_home, new UpdateId(0xb, 9));
        known.RecordAnnounced(_home, new UpdateId(0xa, 2));

        Assert.Equal((new UpdateId(0xa, 2), "00000000000a"), Known(known.Find(_home)));
    }

    private static (UpdateId Newest, string Epochs) Known(KnownIds known) => (known.Newest, known.Epochs);
}
