namespace LiveStreams.Api.Http;

/// <summary>
/// Records refused requests. Every request that is refused because of its sender (401, 403) is passed to it once.
/// </summary>
internal interface IRefusalAudit
{
    void Refused(HttpContext context, Problem problem);
}
