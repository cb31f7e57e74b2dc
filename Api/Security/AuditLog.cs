using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>
/// Logs who published, changed posts, ended a page, or was refused (<c>Auth:Audit</c>), in the category
/// <see cref="Category"/>: one entry for each update, line of a batch, and refusal. No entry has data or a token in it.
/// </summary>
internal sealed partial class AuditLog(AuthOptions options, ILoggerFactory loggers) : IRefusalAudit
{
    public const string Category = "LiveStreams.Audit";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <summary>Who made the request; null when nothing is logged.</summary>
    public AuditCaller? FindCaller(HttpContext context) => options.Audit ? AuditCaller.Of(context) : null;

    /// <summary>Logs an update that was passed to the store, with its result.</summary>
    /// <param name="caller">Null when nothing is logged.</param>
    /// <param name="page">The page that it changes.</param>
    /// <param name="draft">The update.</param>
    /// <param name="result">What the store said.</param>
    /// <param name="refusal">Null when the update has been published.</param>
    public void Published(
        AuditCaller? caller, PageId page, UpdateDraft draft, PublishResult result, Refusal? refusal)
    {
        if (caller is not null)
        {
            var id = result.Id.IsNone ? "" : result.Id.ToString();
            var outcome = refusal?.Problem.Slug ?? (result.IsRepeat ? "repeated" : "done");
            Log(caller, GrantFor(draft), page.Value, outcome, id);
        }
    }

    /// <summary>Logs a line of a batch that its token does not grant.</summary>
    public void Refused(AuditCaller? caller, PageId page, UpdateDraft draft, Problem problem)
    {
        if (caller is not null)
        {
            Log(caller, GrantFor(draft), page.Value, problem.Slug, id: "");
        }
    }

    public void Refused(HttpContext context, Problem problem)
    {
        if (FindCaller(context) is { } caller)
        {
            var page = context.Request.RouteValues.ContainsKey("page") && PagePath.TryRead(context, out var name, out _)
                ? name.Value
                : "";
            Log(caller, GrantFor(context.Request), page, problem.Slug, id: "");
        }
    }

    private static string GrantFor(UpdateDraft draft) =>
        draft.IsEnd ? GrantName.End : draft.Posts is not null ? GrantName.Posts : GrantName.Publish;

    // For a request that was refused before it was read.
    private static string GrantFor(HttpRequest request) =>
        request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<EndpointGrant>() is { } known ? known.Name
        : !RequestMethod.IsUnsafe(request.Method) ? GrantName.Subscribe
        : request.RouteValues.ContainsKey("post") ? GrantName.Posts
        : HttpMethods.IsDelete(request.Method) ? GrantName.End
        : GrantName.Publish;

    private void Log(AuditCaller caller, string action, string page, string result, string id)
    {
        var name = AuditCaller.Escape(page);
        Write(action, name, result, id, caller.Subject, caller.TokenId, caller.Issuer, caller.Address);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Action} \"{Page}\": {Result}, id \"{Id}\", by \"{Subject}\", jti \"{TokenId}\", "
            + "iss \"{Issuer}\", from {Address}")]
    private partial void Write(
        string action,
        string page,
        string result,
        string id,
        string subject,
        string tokenId,
        string issuer,
        string address);
}
