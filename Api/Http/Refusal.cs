namespace LiveStreams.Api.Http;

/// <summary>Why a request is refused: a problem, and what it is about in this case.</summary>
internal readonly record struct Refusal(Problem Problem, string? Detail = null)
{
    public Task WriteAsync(HttpContext context) => Problem.WriteAsync(context, Detail);
}
