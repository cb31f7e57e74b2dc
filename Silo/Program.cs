using LiveStreams.Hosting;
using LiveStreams.Hosting.Silos;
using LiveStreams.Hosting.Telemetry;

if (HealthCommand.IsRequested(args))
{
    return await HealthCommand.RunAsync(args);
}

return await StartErrors.ReportAsync(async () =>
{
    var builder = WebApplication.CreateBuilder([.. Defaults.HostArguments, .. args]);
    builder.AddDefaults(("urls", "http://localhost:8090"));
    builder.AddTelemetry("livestreams-silo");
    builder.AddSiloStore();
    builder.AddSilo();
    builder.AddHealth();

    await using var app = builder.Build();
    app.CheckSilo();
    var store = app.Services.GetRequiredService<StoreDescription>();
    app.UseMetrics();
    app.MapHealth();
    app.MapDashboard();
    await app.StartWithSiloAsync();
    app.Services.GetRequiredService<StartReport>().Write("The silo", app.Urls, store.Text, $"""
        A {app.Services.GetRequiredService<SiloDescription>().Text}
        Data: {store.Text}
        Health: {string.Join(", ", app.Urls)}/health/ready
        """);
    await app.WaitForShutdownAsync();
}, Console.Error);
