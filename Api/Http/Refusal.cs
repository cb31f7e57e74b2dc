namespace LiveStreams.Api.Http;

/// <summary>Why a request is refused: the problem, and what it is about in this case.</summary>
internal sealed record Refusal(Problem Problem, string? Detail = null)
{
    public Task WriteAsync(HttpContext context) => Problem.WriteAsync(context, Detail);
}
