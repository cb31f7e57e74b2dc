namespace LiveStreams.Hosting;

/// <summary>
/// <c>LiveStreams.Api health URL</c>: whether the process at that address is healthy, for images without a shell and
/// <c>curl</c>.
/// </summary>
public static class HealthCommand
{
    private const string Name = "health";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    public static bool IsRequested(string[] args) => args is [Name, ..];

    /// <summary>
    /// Returns the exit code: 0 if the address responds with 2xx within 5 s, else 1, with one sentence on standard
    /// error.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (await FindErrorAsync(args) is not { } error)
        {
            return 0;
        }

        await Console.Error.WriteLineAsync(error);
        return 1;
    }

    private static async Task<string?> FindErrorAsync(string[] args)
    {
        if (args is not [_, var text]
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https"))
        {
            return $"Use: {Name} URL, for example {Name} http://localhost:8080/health/ready";
        }

        using var client = new HttpClient { Timeout = _timeout };
        try
        {
            using var response = await client.GetAsync(url);
            return response.IsSuccessStatusCode ? null : $"{url} responds with {(int)response.StatusCode}.";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return $"{url} does not respond: {exception.Message}";
        }
    }
}
