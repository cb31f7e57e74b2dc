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
        WHERE page = $page AND time >= $moment AND sequence >= $begin ORDER BY time, sequence LIMIT 1
        """);

    /// <summary>
    /// The sequence of a page's first update from <paramref name="begin"/> on that is not older than
    /// <paramref name="moment"/>; null if there is none.
    /// </summary>
    public long? FirstSince(long page, ReadOnlySpan<PendingUpdate> pending, long begin, DateTimeOffset moment)
    {
        var milliseconds = moment.ToUnixTimeMilliseconds();
        if (_firstSince.QueryInt64(page, milliseconds, begin) is { } sequence)
        {
            return sequence;
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
