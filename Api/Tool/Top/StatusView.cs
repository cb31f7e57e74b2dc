using System.Globalization;
using LiveStreams.Api.Status;

namespace LiveStreams.Api.Tool.Top;

/// <summary>
/// Lays out the state of a server: what it is and does, then the pages with the most streams, then the newest faults.
/// </summary>
internal sealed class StatusView(TerminalStyle style)
{
    private const int ShownFaults = 3;

    /// <summary>Returns the lines, at most <paramref name="height"/> of them.</summary>
    public IReadOnlyList<string> Lay(ServerStatus status, Rates? rates, int height)
    {
        List<string> head = [.. Head(status, rates), ""];
        List<string> faults = [.. Faults(status)];
        var room = Math.Max(1, height - head.Count - faults.Count - 1);
        return
        [
            .. head,
            style.Bold($"{"STREAMS",9}  PAGE"),
            .. status.Pages.Busiest.Take(room).Select(Line),
            .. faults,
        ];
    }

    /// <summary>
    /// Returns the lines of the last state that is known, below the reason why there is no newer one.
    /// </summary>
    public IReadOnlyList<string> LayUnreachable(ServerStatus last, string error, int height) =>
        [style.Red(TerminalText.Escape(error)), "", .. Lay(last, rates: null, height - 2)];

    private static string Line(BusyPage page) =>
        $"{Quantity.Count(page.Streams),9}  {TerminalText.Escape(page.Page)}";

    private static string Total(string name, string total, string? rate) =>
        $"{name,-9}{total,12}{(rate is null ? "" : $"{rate,12} a second")}";

    private IEnumerable<string> Head(ServerStatus status, Rates? rates)
    {
        var state = status.State == "ready" ? style.Green(status.State) : style.Red(TerminalText.Escape(status.State));
        var name = TerminalText.Escape(
            $"{status.Service} {status.Version} on {status.Machine} (process {status.ProcessId})");
        yield return $"{style.Bold(name)}: {state}, up {Quantity.Duration(status.Now - status.StartedAt)}";
        yield return TerminalText.Escape($"store    {status.Store.Description}");
        if (status.Store.Error is { } error)
        {
            yield return style.Red(TerminalText.Escape($"         {error}"));
        }

        yield return $"streams  {Quantity.Count(status.Streams.Open)} open of at most "
            + $"{Quantity.Count(status.Streams.Limit)}, {Quantity.Count(status.Streams.Opened)} opened, "
            + $"{Quantity.Count(status.Pages.Watched)} pages watched";
        yield return $"memory   {Quantity.Bytes(status.Memory.ResidentBytes)} resident, "
            + $"{Quantity.Bytes(status.Memory.HeapBytes)} heap, {Quantity.Bytes(status.Memory.UnsentBytes)} unsent";
        if (status.OtherServers is { } others)
        {
            yield return $"servers  {Quantity.Count(others)} others with streams share the store";
        }

        if (status.Members is { } members)
        {
            var silos = members.Select(silo => $"{silo.Name} ({silo.Address}, {silo.Status})");
            yield return TerminalText.Escape($"silos    {string.Join(", ", silos)}");
        }

        yield return Total(
            "updates", Quantity.Count(status.Totals.Updates), rates is null ? null : Quantity.Rate(rates.Updates));
        yield return Total(
            "frames", Quantity.Count(status.Totals.Frames), rates is null ? null : Quantity.Rate(rates.Frames));
        yield return Total(
            "sent", Quantity.Bytes(status.Totals.Bytes), rates is null ? null : Quantity.Bytes(rates.Bytes));
    }

    private IEnumerable<string> Faults(ServerStatus status)
    {
        if (status.Faults.Count == 0)
        {
            yield break;
        }

        yield return "";
        yield return style.Bold("FAULTS, newest first");
        foreach (var fault in status.Faults.Take(ShownFaults))
        {
            var time = fault.At.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            yield return $"{style.Dim(time)} {TerminalText.Escape(fault.Message)}";
        }
    }
}
