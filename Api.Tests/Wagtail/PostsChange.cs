using System.Text.Json.Nodes;

namespace LiveStreams.Api.Tests.Wagtail;

/// <summary>A change of a live page's posts.</summary>
internal sealed record PostsChange((string Id, bool Show, string Content)[] Renders, params string[] Removals)
{
    /// <summary>The JSON of docs/wagtail.md, with the posts in their order.</summary>
    public string ToJson()
    {
        var renders = new JsonObject();
        foreach (var (id, show, content) in Renders)
        {
            renders[id] = new JsonObject { ["show"] = show, ["content"] = content };
        }

        return new JsonObject { ["renders"] = renders, ["removals"] = new JsonArray([.. Removals]) }.ToJsonString();
    }
}
