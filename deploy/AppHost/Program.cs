using LiveStreams.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

var (redis, redisServer) = builder.AddAnyRedis();
var orleans = builder.AddOrleans("livestreams").WithClustering(redis);

var silos = Enumerable.Range(1, 2)
    .Select(n => builder.AddProgram<Projects.Silo>($"silo-{n}", Programs.FindFreePort())
        .WithReference(orleans)
        .WaitFor(redisServer))
    .ToList();

var servers = Enumerable.Range(1, 2)
    .Select(n => builder.AddProgram<Projects.Api>($"server-{n}", Programs.FindFreePort())
        .WithReference(orleans.AsClient())
        .WithEnvironment("Pages", "orleans")
        .WaitFor(silos[0])
        .WaitFor(silos[1]))
    .ToList();

var proxy = builder.AddProgram<Projects.Proxy>("proxy", Programs.ReadProxyPort(builder.Configuration));
foreach (var server in servers)
{
    proxy.WaitFor(server).WithEnvironment(
        $"ReverseProxy__Clusters__servers__Destinations__{server.Resource.Name}__Address",
        server.GetEndpoint("http"));
}

proxy.AddTryMessage(servers[1], silos[0]);
await builder.Build().RunAsync();
