// One address in front of the servers. appsettings.json says how; AppHost adds the servers.
// YARP passes event streams on as they come, and ends one if nothing comes for 100 s. A heartbeat comes every 15 s.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));

var app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
