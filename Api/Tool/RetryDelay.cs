using System.Globalization;

namespace LiveStreams.Api.Tool;

/// <summary>
/// How long to wait before a request is tried again: what the server asks for, else twice as long after each failure,
/// up to 30 s. Up to half as much again is added at random, so that clients that failed together return one by one.
/// </summary>
internal sealed class RetryDelay(Random random)
{
    private static readonly TimeSpan _default = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _longestAsked = TimeSpan.FromHours(1);

    private int _failures;

    /// <summary>The wait after a first failure. A server sets it with <c>retry:</c>.</summary>
    public TimeSpan First
    {
        get;
        set => field = Limit(value);
    } = _default;

    /// <summary>A wait in words, in whole seconds: <c>2 s</c>.</summary>
    public static string Text(TimeSpan wait) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(wait.TotalSeconds)):0} s");

    /// <summary>Starts from <see cref="First"/> again, because a request has worked.</summary>
    public void Reset() => _failures = 0;

    /// <summary>Returns the next wait; <paramref name="asked"/> is what the server asked for with its error.</summary>
    public TimeSpan Next(TimeSpan? asked = null)
    {
        var doubled = First * Math.Pow(2, Math.Min(_failures++, 10));
        var longest = First > _longest ? First : _longest;
        var wait = Limit(asked) ?? (doubled < longest ? doubled : longest);
        return (wait > _shortest ? wait : _shortest) * (1 + (random.NextDouble() / 2));
    }

    // Whatever a server asks for.
    private static TimeSpan Limit(TimeSpan asked) => asked < _longestAsked ? asked : _longestAsked;

    private static TimeSpan? Limit(TimeSpan? asked) => asked is { } time ? Limit(time) : null;
}
