using LiveStreams.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace LiveStreams.Api.Http;

/// <summary>
/// Every error is a problem document: those that a handler writes, those of exceptions, and those of routing (404,
/// 405).
/// </summary>
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

        // The handlers of unsafe methods write their own problems, which saves a publish one more middleware.
        app.UseWhen(
            context => context.GetEndpoint() is not RouteEndpoint || !RequestMethod.IsUnsafe(context.Request.Method),
            others => others.UseStatusCodePages());
    }

    private sealed class ExceptionHandler : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(
            HttpContext httpContext,
            Exception exception,
            CancellationToken cancellationToken)
        {
            if (IsDisconnect(exception) || httpContext.RequestAborted.IsCancellationRequested)
            {
                // The client disconnected, or was still sending when the server stopped: there is nobody to respond to,
                // and nothing is wrong here.
                httpContext.Abort();
                return true;
            }

            // ASP.NET has cleared the response.
            DefaultHeaders.Set(httpContext.Response);
            if (ProblemOf(exception) is not { } problem)
            {
                return false;
            }

            await problem.WriteAsync(httpContext, exception.Message);
            return true;
        }

        private static bool IsDisconnect(Exception exception) =>
            exception is ConnectionResetException or OperationCanceledException
            {
                InnerException: ConnectionAbortedException,
            };

        private static Problem? ProblemOf(Exception exception) => exception switch
        {
            StoreUnavailableException => Problem.StoreUnavailable,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge,
            BadHttpRequestException bad => Problem.Body with { Status = bad.StatusCode },
            _ => null,
        };
    }
}
