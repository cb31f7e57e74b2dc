namespace LiveStreams.Sqlite;

/// <summary>
/// The table that takes one row a commit, with everything the commit appends, however many pages that is: a few pages of the file
/// written one after the other, where a row for each update would touch a leaf of the history for each page.
/// </summary>
internal sealed class Journal(FileConnection connection)
{
    private readonly Statement _append = connection.Prepare("INSERT INTO journal (entries) VALUES ($entries)");
    private readonly Statement _all = connection.Prepare("SELECT entries FROM journal ORDER BY id");
    private readonly Statement _newest = connection.Prepare("SELECT max(id) FROM journal");
    private readonly Statement _remove = connection.Prepare("DELETE FROM journal WHERE id <= $id");

    /// <summary>The newest row; 0 when there is none.</summary>
    public long Newest => _newest.Number() ?? 0;

    public void Append(ReadOnlyMemory<byte> row) => _append.Execute(row);

    /// <summary>Removes the rows up to this one, because all that is in them has been folded.</summary>
    public void RemoveTo(long row) => _remove.Execute(row);

    /// <summary>All rows, oldest first.</summary>
    public IEnumerable<byte[]> ReadAll()
    {
        var rows = new List<byte[]>();
        using var found = _all.Query();
        while (found.Read())
        {
            rows.Add(found.Blob(0));
        }

        return rows;
    }
}
