using LiveStreams.Silo;

return await StartErrors.ReportAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
    builder.AddDefaults();
    builder.AddStore();
    builder.AddSilo();
    builder.AddHealth();

    var app = builder.Build();
    app.MapHealth();
    app.MapDashboard();
    app.SayWhereItListens();
    await app.RunOrLeaveAsync();
});
