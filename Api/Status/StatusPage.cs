using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace LiveStreams.Api.Status;

/// <summary>
/// The status as a page, for a phone as well. It has no script, and is loaded again every <see cref="RefreshSeconds"/>.
/// </summary>
internal static class StatusPage
{
    public const string ContentType = "text/html; charset=utf-8";

    /// <summary>Where its style sheet is.</summary>
    public const string StylePath = "/status/status.css";

    public const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    private const int RefreshSeconds = 5;

    public static string Write(ServerStatus status)
    {
        var page = new StringBuilder();
        AddHead(page, status);
        AddTable(page, "Now", ReadNumbers(status));
        var busiest = status.Pages.Busiest.Select(busy => Row(busy.Page, Quantity.Count(busy.Streams)));
        AddTable(page, "Busiest pages", busiest);
        if (status.Members is { } members)
        {
            AddTable(page, "Silos", members.Select(silo => Row($"{silo.Name}, {silo.Address}", silo.Status)));
        }

        AddTable(page, "Last warnings and errors", status.Faults.Select(fault => Row(fault.Message, Time(fault.At))));
        return page.ToString();
    }

    private static void AddHead(StringBuilder page, ServerStatus status)
    {
        var (machine, age) = (Encode(status.Machine), Quantity.Duration(status.Now - status.StartedAt));
        page.Append(Invariant($"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="refresh" content="{RefreshSeconds}">
            <title>{machine}: {status.State}</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="{StylePath}">
            <h1>LiveStreams on {machine}: <span class="{status.State}">{status.State}</span></h1>
            <p>Version {status.Version}, process {status.ProcessId}, up for {age}, {Time(status.Now)}</p>

            """));
    }

    private static IEnumerable<string> ReadNumbers(ServerStatus status)
    {
        yield return Row("Store", $"{status.Store.Kind}, {status.Store.Description}");
        if (status.Store.Error is { } error)
        {
            yield return Row("The store does not take updates", error, "error");
        }

        if (status.OtherServers is { } others)
        {
            yield return Row("Other servers", Quantity.Count(others));
        }

        var (open, limit) = (Quantity.Count(status.Streams.Open), Quantity.Count(status.Streams.Limit));
        yield return Row("Streams open", $"{open} of {limit}");
        yield return Row("Pages watched", Quantity.Count(status.Pages.Watched));
        yield return Row("Updates published here", Quantity.Count(status.Totals.Updates));
        yield return Row("Updates written to streams", Quantity.Count(status.Totals.Frames));
        yield return Row("Their size", Quantity.Bytes(status.Totals.Bytes));
        yield return Row("Memory of the process", Quantity.Bytes(status.Memory.ResidentBytes));
        yield return Row("Memory of .NET", Quantity.Bytes(status.Memory.HeapBytes));
        yield return Row("Held for slow readers", Quantity.Bytes(status.Memory.UnsentBytes));
    }

    private static void AddTable(StringBuilder page, string title, IEnumerable<string> rows)
    {
        var text = string.Join('\n', rows);
        page.Append(Invariant($"<h2>{title}</h2>\n{(text == "" ? "<p>none</p>" : $"<table>\n{text}\n</table>")}\n"));
    }

    private static string Row(string name, string value, string style = "") =>
        $"<tr><th scope=\"row\">{Encode(name)}</th><td class=\"{style}\">{Encode(value)}</td></tr>";

    private static string Time(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
