using LiveStreams.Hosting;
using LiveStreams.Hosting.Silos;

if (HealthCommand.IsRequested(args))
{
    return await HealthCommand.RunAsync(args);
}

return await StartErrors.ReportAsync(async () =>
{
    var builder = WebApplication.CreateBuilder([.. Defaults.HostArguments, .. args]);
    builder.AddDefaults(("urls", "http://localhost:8090"));
    builder.AddSiloStore();
    builder.AddSilo();
    builder.AddHealth();

    await using var app = builder.Build();
    app.CheckSilo();
    var store = app.Services.GetRequiredService<StoreDescription>();
    app.MapHealth();
    app.MapDashboard();
    await app.StartWithSiloAsync();
    Console.WriteLine(
        $"""
        A {app.Services.GetRequiredService<SiloDescription>().Text}
        Data: {store.Text}
        Health: {string.Join(", ", app.Urls)}/health/ready
        """);
    await app.WaitForShutdownAsync();
}, Console.Error);
