namespace LiveStreams.Bench.Report;

/// <summary>Hands over what a run has measured: the table on standard output, the rest to the files asked for.</summary>
internal static class Reports
{
    public static async Task WriteAsync(Options options, Results results, Facts facts)
    {
        Console.WriteLine(facts);
        Console.WriteLine();
        Console.WriteLine(Table.Of(results, options.Contenders));
        if (options.JsonFile is { } json)
        {
            await JsonFile.WriteAsync(json, results, facts);
        }
    }
}
