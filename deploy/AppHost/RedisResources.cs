using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveStreams.AppHost;

/// <summary>
/// The Redis of the cluster: the one that <c>ConnectionStrings:redis</c> names; else a <c>redis-server</c> of this
/// machine, which keeps its data in a temporary folder; else a container.
/// </summary>
internal static class RedisResources
{
    private const string Name = "redis";
    private const string Program = "redis-server";
    private const string EndpointName = "tcp";

    /// <returns>
    /// What a process connects to, and what must be ready first: a connection string cannot wait for a program.
    /// </returns>
    public static (IResourceBuilder<IResourceWithConnectionString> Redis, IResourceBuilder<IResource> Server)
        AddAnyRedis(this IDistributedApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString(Name) is null && FindProgram() is { } program)
        {
            return builder.AddProgram(program);
        }

        IResourceBuilder<IResourceWithConnectionString> redis =
            builder.Configuration.GetConnectionString(Name) is null
                ? builder.AddRedis(Name)
                : builder.AddConnectionString(Name).WithOrleansProviderType("Redis");
        return (redis, redis);
    }

    private static (IResourceBuilder<IResourceWithConnectionString>, IResourceBuilder<IResource>) AddProgram(
        this IDistributedApplicationBuilder builder,
        string program)
    {
        var folder = Directory.CreateTempSubdirectory("livestreams-apphost-").FullName;
        var port = Programs.FindFreePort();
        builder.Services.AddHealthChecks().AddAsyncCheck(Program, _ => CheckAsync(port));
        string[] arguments =
        [
            "--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder,
            "--save", "", "--appendonly", "yes", "--appendfsync", "always",
        ];
        var server = builder.AddExecutable(Program, program, folder, arguments)
            .WithEndpoint(port, port, name: EndpointName, isProxied: false)
            .WithHealthCheck(Program);
        var address = server.GetEndpoint(EndpointName).Property(EndpointProperty.HostAndPort);
        var redis = builder.AddConnectionString(Name, ReferenceExpression.Create($"{address}"))
            .WithOrleansProviderType("Redis");
        return (redis, server);
    }

    private static string? FindProgram() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, Program))
        .FirstOrDefault(File.Exists);

    private static async Task<HealthCheckResult> CheckAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            return HealthCheckResult.Healthy();
        }
        catch (SocketException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}
