using LiveStreams.Core;
using LiveStreams.Core.Posts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace LiveStreams.Api.Http;

/// <summary>Every error is a problem document: the ones a handler answers, the ones it throws, and those of routing (404, 405).</summary>
internal static class ProblemServices
{
    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ExceptionHandler>();
    }

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();

        // The handlers of what changes something write their own problems, and a publish need not wait inside one more middleware.
        app.UseWhen(
            context => context.GetEndpoint() is not RouteEndpoint || !CrossOriginServices.IsUnsafe(context.Request.Method),
            others => others.UseStatusCodePages());
    }

    private sealed class ExceptionHandler : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is ConnectionResetException or OperationCanceledException { InnerException: ConnectionAbortedException }
                || httpContext.RequestAborted.IsCancellationRequested)
            {
                // The client hung up, or was still sending when the server stopped: there is nobody to tell, and nothing is wrong here.
                httpContext.Abort();
                return true;
            }

            var (problem, detail) = exception switch
            {
                StoreUnavailableException unavailable => (Problem.StoreUnavailable, Problem.Detail(unavailable)),
                PostsFullException => (Problem.PostsFull, exception.Message),
                PageBusyException => (Problem.PageBusy, exception.Message),
                InvalidDraftException => (Problem.Data, exception.Message),
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (Problem.TooLarge, exception.Message),
                BadHttpRequestException bad => (Problem.Body with { Status = bad.StatusCode }, exception.Message),
                _ => (null, null),
            };
            if (problem is null)
            {
                return false;
            }

            await problem.WriteAsync(httpContext, detail);
            return true;
        }
    }
}
