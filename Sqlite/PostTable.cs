using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>The table <c>post</c>, for the writing connection. Changes are made inside a transaction.</summary>
internal sealed class PostTable(FileConnection connection)
{
    private readonly Statement _sizes = connection.Prepare("SELECT post, length(content) FROM post WHERE page = $page");
    private readonly Statement _lastPlace = connection.Prepare("SELECT max(place) FROM post WHERE page = $page");

    private readonly Statement _upsert = connection.Prepare(
        """
        INSERT INTO post (page, post, place, show, content) VALUES ($page, $post, $place, $show, $content)
        ON CONFLICT (page, post) DO UPDATE SET show = excluded.show, content = excluded.content
        """);

    private readonly Statement _remove = connection.Prepare("DELETE FROM post WHERE page = $page AND post = $post");
    private readonly Statement _removeAll = connection.Prepare("DELETE FROM post WHERE page = $page");

    /// <summary>Adds the sizes of a page's posts to <paramref name="sizes"/>.</summary>
    public void ReadSizes(long page, PostSizes sizes)
    {
        using var rows = _sizes.Query(page);
        while (rows.Read())
        {
            sizes.Add(rows.GetString(0), (int)rows.GetInt64(1));
        }
    }

    public void Apply(long page, PostChanges changes)
    {
        var place = _lastPlace.QueryInt64(page) ?? 0;
        foreach (var post in changes.Renders)
        {
            _upsert.Execute(page, post.Id, ++place, post.Show ? 1 : 0, post.Content);
        }

        foreach (var id in changes.Removals)
        {
            _remove.Execute(page, id);
        }
    }

    /// <summary>Removes all posts of a page.</summary>
    public void RemoveAll(long page) => _removeAll.Execute(page);
}
