using System.Globalization;
using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>A reader that stops reading has no effect on other subscribers.</summary>
[Collection(nameof(Alone))]
public sealed partial class SlowReaderTests
{
    private const int Updates = 3000;
    private const int UpdateBytes = 10_000;
    private const long MaxGrowthBytes = 48 * 1024 * 1024;

    public static readonly TheoryData<string> HttpVersions = new(
        new TheoryDataRow<string>("1.1"),
        new TheoryDataRow<string>("1.0").WithTrait(Tier.Name, Tier.All));

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [MemberData(nameof(HttpVersions))]
    public async Task A_slow_reader_loses_nothing_and_neither_delays_other_readers_nor_uses_memory(string http)
    {
        using var process = await ServerProcess.StartAsync(
            [
                .. ServerProcess.Unthrottled,
                "--History:MaxUpdates=100000",
                "--Subscribers:RingFrames=16",
                "--Subscribers:RingBytes=65536",
            ],
            ServerProcess.GarbageLimit);
        using var client = new ApiClient(process.Address);
        var slow = new List<StoppedReader>();
        for (var i = 0; i < 20; i++)
        {
            slow.Add(await StoppedReader.OpenAsync(process.Address, "page", http));
        }

        await using var fast = await client.SubscribeAsync("page");
        await PublishAndReadAsync(client, fast, 1, 200);
        var before = process.ResidentBytes;
        var slowest = await PublishAndReadAsync(client, fast, 201, Updates);

        // The server does not hold 28 MB for each of the 20 slow readers.
        Assert.InRange(process.ResidentBytes - before, long.MinValue, MaxGrowthBytes);
        Assert.InRange(slowest.TotalMilliseconds, 0, 1000);
        foreach (var reader in slow)
        {
            Assert.Equal(Enumerable.Range(1, Updates), await ReadNumbersAsync(reader, until: Updates));
            reader.Dispose();
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_slow_reader_is_reset_and_told_how_many_it_missed_when_history_has_moved_past_it()
    {
        using var process = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, "--History:MaxUpdates=50", "--Subscribers:RingFrames=16"]);
        using var client = new ApiClient(process.Address);
        using var slow = await StoppedReader.OpenAsync(process.Address, "page", "1.1");
        await using var fast = await client.SubscribeAsync("page");
        await PublishAndReadAsync(client, fast, 1, Updates);

        // The updates are contiguous except at resets, which say how many are missing. The last ones are live.
        var reading = ReadNumbersAsync(slow, until: Updates + 1);
        var next = Updates;
        await Wait.UntilAsync(
            async () =>
            {
                await client.PublishAsync("page", $"{++next} ");
                return reading.IsCompleted;
            },
            "the slow reader is live again");
        var numbers = await reading;
        Assert.Contains(numbers, number => number < 0);
        var last = 0;
        foreach (var number in numbers)
        {
            Assert.True(number < 0 || number == last + 1, $"{last} was followed by {number}.");
            last = number < 0 ? last - number : number;
        }
    }

    [Fact]
    public async Task A_reader_that_receives_nothing_for_the_stall_timeout_is_disconnected()
    {
        using var process = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, "--Subscribers:StallTimeout=00:00:02"]);
        using var client = new ApiClient(process.Address);
        using var stalled = await StoppedReader.OpenAsync(process.Address, "page", "1.1");
        await using var fast = await client.SubscribeAsync("page");
        await PublishAndReadAsync(client, fast, 1, 1000);

        await Wait.UntilAsync(
            async () => (await client.GetJsonAsync("/pages/page")).GetProperty("subscribers").GetInt32() == 1,
            "only the fast reader is still connected");
        await PublishAndReadAsync(client, fast, 1001, 1001);
    }

    // Returns the longest time from a publish to its event at the fast reader.
    private static async Task<TimeSpan> PublishAndReadAsync(ApiClient client, EventStream fast, int from, int to)
    {
        var longest = TimeSpan.Zero;
        for (var n = from; n <= to; n++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var data = $"{n} ".PadRight(UpdateBytes, 'x');
            await client.PublishAsync("page", data);
            Assert.Equal(data, (await fast.NextAsync()).Data);
            var took = TimeProvider.System.GetElapsedTime(start);
            longest = took > longest ? took : longest;
        }

        return longest;
    }

    // Returns the number at the start of each update, and for a reset the number of missed updates, negated.
    private static async Task<List<int>> ReadNumbersAsync(StoppedReader reader, int until)
    {
        var numbers = new List<int>();
        var rest = "";
        while (numbers.Count == 0 || numbers[^1] < until)
        {
            var blocks = (rest + await reader.ReceiveAsync()).Split("\n\n");
            rest = blocks[^1];
            numbers.AddRange(blocks[..^1]
                .Select(block => FirstNumber().Match(block))
                .Where(match => match.Success)
                .Select(match => match.Groups[1].Success
                    ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                    : -int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)));
        }

        return numbers;
    }

    [GeneratedRegex(
        "^data: (?:([0-9]+) |{\"reason\":\"trimmed\",\"from\":\"[^\"]+\",\"missed\":([0-9]+)})",
        RegexOptions.Multiline)]
    private static partial Regex FirstNumber();
}
