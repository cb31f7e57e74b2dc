using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LiveStreams.AppHost;

/// <summary>
/// The programs of the repository, started as they are built: <c>dotnet run</c>, which Aspire uses for projects, costs
/// seconds for each, and its process is not the program's.
/// </summary>
internal static class Programs
{
    private const int DefaultProxyPort = 8080;

    /// <summary>Adds a program that is ready when its <c>/health/ready</c> responds with 200.</summary>
    /// <param name="builder">The cluster's builder.</param>
    /// <param name="name">Its name in the dashboard.</param>
    /// <param name="port">
    /// The port of its HTTP address, on which it listens itself: no other proxy is between it and its clients.
    /// </param>
    public static IResourceBuilder<ExecutableResource> AddProgram<TProject>(
        this IDistributedApplicationBuilder builder,
        string name,
        int port)
        where TProject : IProjectMetadata, new()
    {
        var project = new TProject().ProjectPath;
        var folder = Path.GetDirectoryName(project)!;
        var output = Path.GetRelativePath(builder.AppHostDirectory, AppContext.BaseDirectory); // bin/Debug/net10.0
        var program = Path.Combine(folder, output, $"LiveStreams.{Path.GetFileNameWithoutExtension(project)}");
        return builder.AddExecutable(name, program, folder)
            .WithHttpEndpoint(port, port, isProxied: false)
            .WithHttpHealthCheck("/health/ready")
            .WithOtlpExporter()
            .WithEnvironment("ASPNETCORE_URLS", FormattableString.Invariant($"http://localhost:{port}"))
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", "Development");
    }

    /// <summary>The proxy's port (<c>Port</c>). Default 8080; 0: any free port.</summary>
    public static int ReadProxyPort(IConfiguration configuration)
    {
        var port = int.Parse(configuration["Port"] ?? $"{DefaultProxyPort}", CultureInfo.InvariantCulture);
        return port == 0 ? FindFreePort() : port;
    }

    /// <summary>A port that no process listens on at the moment.</summary>
    public static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
