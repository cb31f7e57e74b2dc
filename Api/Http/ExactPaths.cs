using Microsoft.AspNetCore.Routing.Patterns;

namespace LiveStreams.Api.Http;

/// <summary>
/// A resource has one path, and a method one spelling. Routing alone would also accept other cases,
/// percent-encoded literals, a trailing slash and dot segments, with which a request could pass the rules of a proxy
/// that compares the path as it is sent. Only names, the parameters of a route, may be percent-encoded.
/// </summary>
internal static class ExactPaths
{
    private static readonly Endpoint _notFound = new(
        static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        },
        EndpointMetadataCollection.Empty,
        "404: the path is not exact");

    /// <summary>Comes after routing, and before everything that depends on the endpoint.</summary>
    public static void UseExactPaths(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint() is RouteEndpoint endpoint)
        {
            if (!IsExact(RequestTarget.PathOf(context), endpoint.RoutePattern.PathSegments))
            {
                context.SetEndpoint(_notFound);
            }
            else if (context.Request.Method.AsSpan().ContainsAnyInRange('a', 'z'))
            {
                // Methods are case-sensitive (RFC 9110 §9.1), and those of all endpoints are upper case.
                context.SetEndpoint(NotAllowed(endpoint));
            }
        }

        return next(context);
    });

    private static bool IsExact(ReadOnlySpan<char> path, IReadOnlyList<RoutePatternPathSegment> pattern)
    {
        // Some proxies and URL parsers end the path at a '#', and read a '\' as a '/'.
        if (path.ContainsAny('#', '\\'))
        {
            return false;
        }

        if (pattern.Count == 0)
        {
            return path is "/";
        }

        for (var i = 0; i < pattern.Count; i++)
        {
            if (path is not ['/', .. var rest])
            {
                return false;
            }

            var end = rest.IndexOf('/');
            var segment = end < 0 ? rest : rest[..end];
            if (pattern[i].Parts[0] is RoutePatternLiteralPart literal
                ? !segment.SequenceEqual(literal.Content)
                : segment.IsEmpty)
            {
                return false;
            }

            path = rest[segment.Length..];
        }

        return path.IsEmpty;
    }

    private static Endpoint NotAllowed(RouteEndpoint endpoint) => new(
        context =>
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = string.Join(", ", MethodsOf(context, endpoint.RoutePattern));
            return Task.CompletedTask;
        },
        EndpointMetadataCollection.Empty,
        "405: the method is not upper case");

    // An endpoint without a list takes any method; it is meant to be read.
    private static IEnumerable<string> MethodsOf(HttpContext context, RoutePattern pattern) =>
        context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText == pattern.RawText)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods
                ?? [HttpMethods.Get, HttpMethods.Head])
            .Distinct();
}
