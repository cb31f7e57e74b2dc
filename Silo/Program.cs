using LiveStreams.Hosting;
using LiveStreams.Silo;

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
    builder.AddDashboard();
    builder.AddHealth();

    var app = builder.Build();
    app.MapHealth();
    app.MapDashboard();
    await app.RunSiloAsync();
});
