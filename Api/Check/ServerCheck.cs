using LiveStreams.Hosting;

namespace LiveStreams.Api.Check;

/// <summary>
/// Runs all checks on the settings of a server, which is put together as for a start but not started. A check that
/// fails does not keep the others from running.
/// </summary>
internal static class ServerCheck
{
    /// <summary>How long one check may take.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    /// <param name="settings">The settings, as for the server.</param>
    /// <param name="parts">The parts of a server.</param>
    /// <param name="replace">Replaces services, such as the clock in tests.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        string[] settings,
        IEnumerable<Action<WebApplicationBuilder>> parts,
        Action<IServiceCollection>? replace,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder([.. Defaults.HostArguments, .. settings]);
        List<string> errors = [.. parts.SelectMany(add => FindErrors(() => add(builder)))];

        builder.Logging.ClearProviders();
        replace?.Invoke(builder.Services);

        // Not the server, which reads its settings when it is made.
        await using var services = builder.Services.BuildServiceProvider();
        ICheck[] checks =
        [
            new SettingsCheck(errors), new AddressCheck(), new KeyCheck(), new DataCheck(), new RedisCheck(),
            new SiloCheck(), new DescriptorCheck(),
        ];
        var findings = await Task.WhenAll(checks.Select(check => RunAsync(check, services, cancellationToken)));
        return [.. findings.SelectMany(found => found).Distinct()];
    }

    private static IReadOnlyList<string> FindErrors(Action run)
    {
        try
        {
            run();
            return [];
        }
        catch (Exception exception) when (StartErrors.FindMessages(exception) is { } messages)
        {
            return messages;
        }
    }

    private static async Task<IReadOnlyList<Finding>> RunAsync(
        ICheck check, IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            return await StartAsync(check, services, cancellationToken).WaitAsync(_timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            return [Finding.Fail($"{check.Subject}: no result within {_timeout.TotalSeconds} s; see what is slow.")];
        }
        catch (Exception exception) when (StartErrors.FindMessages(exception) is { } messages)
        {
            return [.. messages.Select(Finding.Fail)];
        }
    }

    // On another thread: a check may block its own, for example on a disk that does not respond.
    private static async Task<IReadOnlyList<Finding>> StartAsync(
        ICheck check, IServiceProvider services, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return await check.RunAsync(services, cancellationToken);
    }
}
