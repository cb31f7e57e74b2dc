using LiveStreams.Hosting;
using LiveStreams.Silo;

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
}, Console.Error);
