namespace LiveStreams.Api.Tests.History;

/// <summary>What the tests of history and caches send and read.</summary>
internal static class HistoryClient
{
    /// <summary>Publishes 1, 2, 3 and so on, and returns the ids.</summary>
    public static async Task<string[]> PublishAsync(this ApiClient client, string page, int count)
    {
        var ids = new string[count];
        for (var n = 0; n < count; n++)
        {
            ids[n] = await client.PublishAsync(page, $"{n + 1}");
        }

        return ids;
    }

    public static async Task<HttpResponseMessage> GetWithAsync(
        this ApiClient client, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    public static async Task<string> CacheControlAsync(this ApiClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.CacheControl();
    }

    /// <summary>As it was sent. HttpClient would put its directives into another order.</summary>
    public static string CacheControl(this HttpResponseMessage response) =>
        response.Headers.NonValidated["Cache-Control"].ToString();
}
