using System.Diagnostics.Metrics;
using LiveStreams.Api.Start;
using LiveStreams.Core.FanOut;
using LiveStreams.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Api.Tests.Support;

/// <summary>
/// The server in the test's own process, on a real socket and with its own folder. It starts in milliseconds, and its
/// clock can be replaced. Tests that start, stop or kill a process use <see cref="ServerProcess"/> instead.
/// </summary>
public sealed class InProcessApi : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-api-");
    private readonly LogRecorder _log = new();
    private readonly WebApplication _app;

    private InProcessApi(string[] settings, TimeProvider? time, Action<IServiceCollection>? replace = null)
    {
        string[] here =
        [
            "--urls=http://127.0.0.1:0",
            $"--contentRoot={_folder.FullName}",
            $"--Sqlite:Path={_folder.FullName}/livestreams.db",
        ];
        _app = Program.Build([.. here, .. settings], services =>
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(StartMessage)));
            services.AddLogging(logging => logging.ClearProviders().AddProvider(_log));
            services.Replace(ServiceDescriptor.Singleton(time ?? TimeProvider.System));
            replace?.Invoke(services);
        });
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>What the server holds for its readers.</summary>
    public FeedRegistry Feeds => _app.Services.GetRequiredService<FeedRegistry>();

    /// <summary>The factory of the server's meters, which is their scope.</summary>
    public IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

    /// <summary>The log so far, formatted as on a console.</summary>
    public string Output => _log.Text;

    public static Task<InProcessApi> StartAsync(params string[] settings) => StartAsync(settings, time: null);

    /// <summary>
    /// Starts a server that takes its time from <paramref name="time"/>. <paramref name="replace"/> replaces services.
    /// </summary>
    public static async Task<InProcessApi> StartAsync(
        string[] settings, TimeProvider? time, Action<IServiceCollection>? replace = null)
    {
        var api = new InProcessApi(settings, time, replace);
        try
        {
            await api._app.StartAsync(TestContext.Current.CancellationToken);
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server that is expected not to start. The output is what it would print.</summary>
    public static async Task<(int ExitCode, string Output)> FailAsync(params string[] settings)
    {
        using var errors = new StringWriter();
        var output = "";
        var exitCode = await StartErrors.ReportAsync(
            async () =>
            {
                var api = new InProcessApi(settings, time: null);
                try
                {
                    await api._app.StartAsync(TestContext.Current.CancellationToken);
                }
                finally
                {
                    output = api.Output;
                    await api.DisposeAsync();
                }
            },
            errors);
        return (exitCode, $"{output}\n{errors}".Trim());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
