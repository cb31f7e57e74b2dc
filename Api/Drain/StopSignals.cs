using System.Runtime.InteropServices;

namespace LiveStreams.Api.Drain;

/// <summary>
/// Tells a stop that can take its time (one SIGTERM) from one in a hurry: a second SIGTERM, or Ctrl-C in a terminal.
/// The host stops with the first of them (<see cref="IHostApplicationLifetime"/>).
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private int _terminations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => _hurry.Cancel()),
    ];

    /// <summary>Is canceled when the stop is to be over soon.</summary>
    public CancellationToken Hurry => _hurry.Token;

    // The source is not disposed: a signal may be on its way to it.
    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    private void OnTerminate(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _terminations) > 1)
        {
            _hurry.Cancel();
        }
    }
}
