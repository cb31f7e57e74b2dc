using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LiveStreams.TestKit;

/// <summary>A publisher and a subscriber over HTTP.</summary>
public sealed class ApiClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(30),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static string PathOf(string page) => $"/pages/{Uri.EscapeDataString(page)}";

    /// <summary>The path of a stream of several pages.</summary>
    public static string EventsPathOf(IEnumerable<string> pages) =>
        $"/events?{string.Join('&', pages.Select(page => $"page={Uri.EscapeDataString(page)}"))}";

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request, Ct);

    /// <summary>Returns when the headers have arrived: the body may have no end.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path, Ct);

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        return await JsonAsync(response);
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;

    public async Task<HttpResponseMessage> PostAsync(
        string page, string data, string? key = null, string query = "", string? contentType = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{PathOf(page)}/updates{query}")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(data)),
        };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await SendAsync(request);
    }

    /// <summary>Publishes and returns the id.</summary>
    public async Task<string> PublishAsync(string page, string data, string? key = null, string query = "")
    {
        using var response = await PostAsync(page, data, key, query);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
        return (await JsonAsync(response)).GetProperty("id").GetString()!;
    }

    /// <summary>
    /// Publishes with a key and retries until the server confirms it, as a publisher does that must not lose anything.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="data">The update's data.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="onUnavailable">Is called for each 503.</param>
    public async Task<string> PublishUntilAnsweredAsync(
        string page, string data, string key, Action? onUnavailable = null)
    {
        while (true)
        {
            try
            {
                using var response = await PostAsync(page, data, key);
                if (response.IsSuccessStatusCode)
                {
                    return (await JsonAsync(response)).GetProperty("id").GetString()!;
                }

                Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, response.StatusCode);
                onUnavailable?.Invoke();
            }
            catch (HttpRequestException)
            {
                // The server is down, or went down before it responded.
            }

            await Wait.PauseAsync();
        }
    }

    public static long SequenceOf(string id) =>
        long.Parse(id.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Publishes an update without history and id.</summary>
    public async Task PublishLiveAsync(string page, string data)
    {
        using var response = await PostAsync(page, data, query: "?keep=false");
        Assert.True(response.IsSuccessStatusCode);
    }

    public Task<EventStream> SubscribeAsync(string page, string? lastEventId = null, string query = "") =>
        EventStream.OpenAsync(_http, $"{PathOf(page)}/events{query}", lastEventId);

    /// <summary>Subscribes to several pages in one stream.</summary>
    public Task<EventStream> SubscribeToPagesAsync(
        IEnumerable<string> pages, string? lastEventId = null, string query = "") =>
        EventStream.OpenAsync(_http, EventsPathOf(pages) + query, lastEventId);

    /// <summary>The same, with the list of pages in the body, which is filled up to this length.</summary>
    public Task<EventStream> PostToPagesAsync(IEnumerable<string> pages, int bodyBytes = 0) =>
        EventStream.PostAsync(_http, pages, bodyBytes);

    public Task<EventStream> SubscribeToPatternAsync(
        string pattern, string? lastEventId = null, string query = "") =>
        EventStream.OpenAsync(_http, $"/events?pattern={Uri.EscapeDataString(pattern)}{query}", lastEventId);

    public void Dispose() => _http.Dispose();
}
