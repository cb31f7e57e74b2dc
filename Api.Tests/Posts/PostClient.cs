using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>The HTTP requests of a publisher of live posts.</summary>
internal static class PostClient
{
    public static async Task<HttpResponseMessage> SendAsync(
        this ApiClient client,
        HttpMethod method,
        string path,
        string? body = null,
        string? contentType = null,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        if (contentType is not null)
        {
            request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    /// <summary>Puts a post and returns the id of its update.</summary>
    public static async Task<string> PutPostAsync(
        this ApiClient client,
        string page,
        string post,
        string html,
        string query = "")
    {
        using var response = await client.SendAsync(HttpMethod.Put, $"{PathOf(page, post)}{query}", html);
        return await ReadIdAsync(response);
    }

    public static async Task<string> DeletePostAsync(this ApiClient client, string page, string post)
    {
        using var response = await client.SendAsync(HttpMethod.Delete, PathOf(page, post));
        return await ReadIdAsync(response);
    }

    public static async Task<string> ChangePostsAsync(this ApiClient client, string page, string json)
    {
        using var response = await client.PostAsync(page, json, contentType: "application/json");
        return await ReadIdAsync(response);
    }

    public static async Task<string> DeletePageAsync(this ApiClient client, string page)
    {
        using var response = await client.SendAsync(HttpMethod.Delete, ApiClient.PathOf(page));
        return await ReadIdAsync(response);
    }

    /// <summary>
    /// Returns the posts, newest first, each as <c>id=content</c> or, if it is hidden, <c>id~content</c>.
    /// </summary>
    public static async Task<string[]> GetPostsAsync(this ApiClient client, string page) =>
        FormatPosts(await client.GetJsonAsync($"{ApiClient.PathOf(page)}/posts"));

    public static string[] FormatPosts(JsonElement snapshot) =>
    [
        .. snapshot.GetProperty("posts").EnumerateArray()
            .Select(post => FormatPost(post.GetProperty("id").GetString()!, post)),
    ];

    public static string FormatPost(string id, JsonElement post)
    {
        var separator = post.GetProperty("show").GetBoolean() ? '=' : '~';
        return $"{id}{separator}{post.GetProperty("content").GetString()}";
    }

    private static string PathOf(string page, string post) =>
        $"{ApiClient.PathOf(page)}/posts/{Uri.EscapeDataString(post)}";

    private static async Task<string> ReadIdAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return (await ApiClient.JsonAsync(response)).GetProperty("id").GetString()!;
    }
}
