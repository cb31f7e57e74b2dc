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
    /// The parts of the server, in order. Each adds its services, and throws if a setting that it reads is invalid.
    /// </summary>
    internal static IReadOnlyList<Action<WebApplicationBuilder>> Parts { get; } =
    [
        builder => builder.AddServerDefaults(),
        builder => builder.AddTelemetry("livestreams"),
        builder => builder.AddKestrel(),
        builder => builder.AddDefaultHeaders(),
        builder => builder.AddProblems(),
        builder => builder.AddCrossOrigin(),
        builder => builder.AddSecurity(),
        builder => builder.AddLimits(),
        builder => builder.AddStore(
            maxForeignBytes: services => services.GetRequiredService<LimitOptions>().MaxUpdateBytes),
        builder => builder.AddPublishRouter(),
        builder => builder.AddPublish(),
        builder => builder.AddSubscribe(),
        builder => builder.AddPresence(),
        builder => builder.AddPosts(),
        builder => builder.AddHistory(),
        builder => builder.AddPageList(),
        builder => builder.AddTryPage(),
        builder => builder.AddStatus(),
        builder => builder.AddDrain(),
        builder => builder.AddHealth().AddCheck<DrainHealthCheck>("drain"),
        builder => builder.Services.AddHostedService<StartMessage>(),
    ];

    /// <summary>
    /// Makes a server that has not started yet. <paramref name="replace"/> replaces services, such as the clock in
    /// tests.
    /// </summary>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateBuilder([.. Defaults.HostArguments, .. args]);
        foreach (var add in Parts)
        {
            add(builder);
        }

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
