using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Security;

/// <summary>
/// Keeps tokens out of the log, whatever the settings, and errors that any client can cause. At Debug, Kestrel logs
/// parts of a request that is malformed: the beginning of its target, or a header. It logs an HTTP/2 connection that it
/// closes because of a flood as critical. ASP.NET logs the address of every request, with its query, which may carry a
/// token if <see cref="AuthOptions.AllowQueryToken"/> is set.
/// </summary>
internal sealed class RequestLogFilter(AuthOptions options) : IPostConfigureOptions<LoggerFilterOptions>
{
    private const string BadRequests = "Microsoft.AspNetCore.Server.Kestrel.BadRequests";
    private const string Http2Errors = "Microsoft.AspNetCore.Server.Kestrel.Http2";
    private const string Requests = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public void PostConfigure(string? name, LoggerFilterOptions filters)
    {
        // Of two rules for a category the one that names a provider wins, then the later one.
        foreach (var provider in filters.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray())
        {
            SetLevel(BadRequests, LogLevel.None);
            SetLevel(Http2Errors, LogLevel.None);
            if (options.AllowQueryToken)
            {
                SetLevel(Requests, LogLevel.None);
            }

            void SetLevel(string category, LogLevel level) =>
                filters.Rules.Add(new LoggerFilterRule(provider, category, level, filter: null));
        }
    }
}
