using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Security;

/// <summary>
/// Keeps tokens out of the log: ASP.NET logs the address of every request, with its query, in a category of its own.
/// Where the query may carry a token, no setting turns that category on.
/// </summary>
internal sealed class RequestLogFilter(AuthOptions options) : IPostConfigureOptions<LoggerFilterOptions>
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public void PostConfigure(string? name, LoggerFilterOptions filters)
    {
        if (!options.AllowQueryToken)
        {
            return;
        }

        // Of two rules for a category the one that names a provider wins, then the later one.
        foreach (var provider in filters.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray())
        {
            filters.Rules.Add(new LoggerFilterRule(provider, Category, LogLevel.None, filter: null));
        }
    }
}
