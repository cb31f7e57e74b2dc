using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Security;

/// <summary>ASP.NET logs the address of every request, with its query, in a category of its own. Where tokens may stand in the query, no setting turns that on.</summary>
internal sealed class RequestLogs(AuthSettings settings) : IPostConfigureOptions<LoggerFilterOptions>
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        if (!settings.AllowQueryToken)
        {
            return;
        }

        // Of two rules for a category the one that names a provider counts, then the later one.
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray())
        {
            options.Rules.Add(new LoggerFilterRule(provider, Category, LogLevel.None, filter: null));
        }
    }
}
