using System.Net.Http.Headers;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Tool;

/// <summary>Sends requests to one server, with the token, and turns what goes wrong into one sentence.</summary>
internal sealed class ServerClient : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly TokenSource _token;
    private readonly HttpClient _http;

    public ServerClient(Uri address, TokenSource token)
    {
        // Without the slash, the last segment of a path would be replaced.
        Address = new Uri($"{address.AbsoluteUri.TrimEnd('/')}/");
        _token = token;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,

            // A redirection would take the token to another server, and make a POST a GET.
            AllowAutoRedirect = false,
        })
        {
            BaseAddress = Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("livestreams", ProductVersion.Text));
    }

    /// <summary>The address, with a slash at the end.</summary>
    public Uri Address { get; }

    /// <summary>The address, as messages name it.</summary>
    public string Name => Address.AbsoluteUri.TrimEnd('/');

    public static string PathOf(string page) => $"pages/{Uri.EscapeDataString(page)}";

    /// <summary>Sends a request and reads the whole response, within 30 s.</summary>
    /// <exception cref="ServerException">The server responds with an error, or not at all.</exception>
    /// <exception cref="ToolException">The token cannot be read.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);

    /// <summary>Sends a request and reads the headers, within 30 s: the body may have no end.</summary>
    /// <exception cref="ServerException">The server responds with an error, or not at all.</exception>
    /// <exception cref="ToolException">The token cannot be read.</exception>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        if (await _token.ReadAsync(cancellationToken) is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_timeout);
        try
        {
            var response = await _http.SendAsync(request, completion, limited.Token);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await ServerRefusal.ReadAsync(response, Name, limited.Token);
            }
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception.GetBaseException().Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($"no response within {_timeout.TotalSeconds} s", exception);
        }
    }

    private ServerException Unreachable(string reason, Exception innerException) =>
        new($"Cannot reach {Name}: {reason.TrimEnd('.')}.", isTemporary: true, innerException: innerException);
}
