namespace LiveStreams.Api.Check;

/// <summary>Looks at one thing that a server needs. It changes nothing.</summary>
internal interface ICheck
{
    /// <summary>What is checked, to name it if that takes too long.</summary>
    string Subject { get; }

    /// <summary>Returns what it finds; nothing if these settings do not need it.</summary>
    /// <exception cref="Core.StartException">A server would not start; the message says why.</exception>
    Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken);
}
