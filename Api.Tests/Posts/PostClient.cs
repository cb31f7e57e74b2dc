using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>What a publisher of live posts does over HTTP.</summary>
internal static class PostClient
{
    public static async Task<HttpResponseMessage> SendAsync(
        this ApiClient client, HttpMethod method, string path, string? body = null, string? contentType = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
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

    /// <summary>Publishes and returns the id.</summary>
    public static async Task<string> PutPostAsync(this ApiClient client, string page, string post, string html, string query = "")
    {
        using var response = await client.SendAsync(HttpMethod.Put, $"{PathOf(page, post)}{query}", html);
        return await IdAsync(response);
    }

    public static async Task<string> DeletePostAsync(this ApiClient client, string page, string post)
    {
        using var response = await client.SendAsync(HttpMethod.Delete, PathOf(page, post));
        return await IdAsync(response);
    }

    public static async Task<string> ChangePostsAsync(this ApiClient client, string page, string json)
    {
        using var response = await client.PostAsync(page, json, contentType: "application/json");
        return await IdAsync(response);
    }

    public static async Task<string> EndAsync(this ApiClient client, string page)
    {
        using var response = await client.SendAsync(HttpMethod.Delete, ApiClient.PathOf(page));
        return await IdAsync(response);
    }

    /// <summary>The posts, newest first, each as <c>id=content</c> or, hidden, <c>id~content</c>.</summary>
    public static async Task<string[]> PostsAsync(this ApiClient client, string page) =>
        PostsIn(await client.GetJsonAsync($"{ApiClient.PathOf(page)}/posts"));

    public static string[] PostsIn(JsonElement snapshot) => [.. snapshot.GetProperty("posts").EnumerateArray().Select(post =>
        $"{post.GetProperty("id").GetString()}{(post.GetProperty("show").GetBoolean() ? '=' : '~')}{post.GetProperty("content").GetString()}")];

    private static string PathOf(string page, string post) => $"{ApiClient.PathOf(page)}/posts/{Uri.EscapeDataString(post)}";

    private static async Task<string> IdAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return (await ApiClient.JsonAsync(response)).GetProperty("id").GetString()!;
    }
}
