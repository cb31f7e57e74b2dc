namespace LiveStreams.Sqlite;

/// <summary>
/// The table <c>journal</c>: one row for each commit, with all its updates, however many pages they are for. That
/// writes a few consecutive pages of the file, where a row for each update would write a leaf of <c>history</c> for
/// each page.
/// </summary>
internal sealed class JournalTable(FileConnection connection)
{
    private readonly Statement _insert = connection.Prepare("INSERT INTO journal (entries) VALUES ($entries)");
    private readonly Statement _all = connection.Prepare("SELECT entries FROM journal ORDER BY id");
    private readonly Statement _newestId = connection.Prepare("SELECT max(id) FROM journal");
    private readonly Statement _removeUpTo = connection.Prepare("DELETE FROM journal WHERE id <= $id");

    /// <summary>The id of the newest row; 0 if there is none.</summary>
    public long NewestId => _newestId.QueryInt64() ?? 0;

    public void Append(ReadOnlyMemory<byte> row) => _insert.Execute(row);

    /// <summary>Removes the rows up to and including this id.</summary>
    public void RemoveUpTo(long id) => _removeUpTo.Execute(id);

    /// <summary>All rows, oldest first.</summary>
    public List<byte[]> ReadAll()
    {
        var result = new List<byte[]>();
        using var rows = _all.Query();
        while (rows.Read())
        {
            result.Add(rows.GetBytes(0));
        }

        return result;
    }
}
