namespace LiveStreams.Sqlite;

/// <summary>
/// Finds updates by time, on a reading connection. The file is searched in the index <c>history_time</c> alone, which
/// holds no data.
/// </summary>
internal sealed class TimeIndex(FileConnection connection)
{
    private readonly Statement _firstSince = connection.Prepare(
        """
        SELECT sequence FROM history INDEXED BY history_time
        WHERE page = $page AND time >= $moment ORDER BY time, sequence LIMIT 1
        """);

    /// <summary>
    /// The sequence of a page's first update from <paramref name="begin"/> on that is not older than
    /// <paramref name="moment"/>; null if there is none. The page has every update from <paramref name="begin"/> on.
    /// </summary>
    public long? FirstSince(long page, ReadOnlySpan<PendingUpdate> pending, long begin, DateTimeOffset moment)
    {
        var milliseconds = moment.ToUnixTimeMilliseconds();
        if (_firstSince.QueryInt64(page, milliseconds) is { } sequence)
        {
            // Rows before begin may not have been trimmed yet, and there may be many. They are not read one by one:
            // history has no gap and times never fall, so if one of them is new enough, begin is too.
            return Math.Max(sequence, begin);
        }

        foreach (var (update, _) in pending)
        {
            if (update.Id.Sequence >= begin && update.Time.ToUnixTimeMilliseconds() >= milliseconds)
            {
                return update.Id.Sequence;
            }
        }

        return null;
    }
}
