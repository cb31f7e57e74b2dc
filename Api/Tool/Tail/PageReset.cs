namespace LiveStreams.Api.Tool.Tail;

/// <summary>What a reset says (docs/protocol.md, "Reset").</summary>
internal sealed record PageReset(string Reason, string From, long? Missed)
{
    /// <summary>The same in words.</summary>
    public string Description => $"{Loss}, because {Cause}. It continues after {From}.";

    private string Loss => Missed switch
    {
        null => "updates may be lost",
        1 => "1 update is lost",
        _ => $"{Missed} updates are lost",
    };

    private string Cause => Reason switch
    {
        "trimmed" => $"{(Missed == 1 ? "it is" : "they are")} no longer kept",
        "epoch" => "the store of the server has begun anew",
        "unknown" => "the server does not know the position",
        _ => $"of '{Reason}'",
    };

    /// <exception cref="ToolException">It is not a reset.</exception>
    public static PageReset Read(PageEvent update) => ServerJson.Read(update.Data, PageEventJson.Default.PageReset);
}
