using LiveStreams.Api;
using LiveStreams.Api.Browser;
using LiveStreams.Api.Drain;
using LiveStreams.Api.History;
using LiveStreams.Api.Http;
using LiveStreams.Api.Kestrel;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Pages;
using LiveStreams.Api.Posts;
using LiveStreams.Api.Presence;
using LiveStreams.Api.Publish;
using LiveStreams.Api.Security;
using LiveStreams.Api.Start;
using LiveStreams.Api.Status;
using LiveStreams.Api.Subscribe;
using LiveStreams.Api.TryPage;
using LiveStreams.Hosting;
using LiveStreams.Hosting.Silos;
using LiveStreams.Hosting.Telemetry;

if (HealthCommand.IsRequested(args))
{
    return await HealthCommand.RunAsync(args);
}

return await StartErrors.ReportAsync(
    () => ServeCommand.FindSettings(args) is { } settings
        ? RunAsync(settings)
        : ProgramCommands.RunAsync(args, Console.Out, Console.Error),
    Console.Error);

/// <summary>The parts of the server, and the order in which a request passes through them.</summary>
internal sealed partial class Program
{
    /// <summary>
    /// Makes a server that has not started yet. <paramref name="replace"/> replaces services, such as the clock in
    /// tests.
    /// </summary>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateBuilder([.. Defaults.HostArguments, .. args]);
        builder.AddServerDefaults();
        builder.AddTelemetry("livestreams");
        builder.AddKestrel();
        builder.AddDefaultHeaders();
        builder.AddProblems();
        builder.AddCrossOrigin();
        builder.AddSecurity();
        builder.AddLimits();
        builder.AddStore(maxForeignBytes: services => services.GetRequiredService<LimitOptions>().MaxUpdateBytes);
        builder.AddPublishRouter();
        builder.AddPublish();
        builder.AddSubscribe();
        builder.AddPresence();
        builder.AddPosts();
        builder.AddHistory();
        builder.AddPageList();
        builder.AddTryPage();
        builder.AddStatus();
        builder.AddDrain();
        builder.AddHealth().AddCheck<DrainHealthCheck>("drain");
        builder.Services.AddHostedService<StartMessage>();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.CheckSilo();
        app.UseReactorYield();
        app.UseMetrics();
        app.UseTrustedProxies();
        app.UseChunkedBodyDrain();
        app.UseExactPaths();
        app.UseProblems();
        app.UseCrossOrigin();
        app.MapPublish();
        app.MapSubscribe();
        app.MapPosts();
        app.MapHistory();
        app.MapPageList();
        app.MapBrowser();
        app.MapTryPage();
        app.MapStatus();
        app.MapHealth();
        return app;
    }

    private static async Task<int> RunAsync(string[] args)
    {
        await using var app = Build(args);
        await app.StartWithSiloAsync();
        await app.WaitForShutdownAsync();
        return 0;
    }
}
