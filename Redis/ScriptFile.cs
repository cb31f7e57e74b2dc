namespace LiveStreams.Redis;

/// <summary>
/// Reads a Lua script of the folder <c>Scripts</c>, whose files are embedded in the assembly. A line
/// <c>-- @include other.lua</c> stands for that file, which holds local functions only.
/// </summary>
/// <remarks>
/// Comment lines and indentation are left out, because the client hashes the whole text of a script with each call. So
/// the files have no Lua strings of several lines.
/// </remarks>
internal static class ScriptFile
{
    private const string Include = "-- @include ";

    /// <exception cref="FileNotFoundException">The assembly has no such script.</exception>
    public static string Load(string name) => string.Join('\n', LoadLines(name));

    private static IEnumerable<string> LoadLines(string name)
    {
        using var stream = typeof(ScriptFile).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"The script '{name}' is not embedded in the assembly.", name);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine()?.Trim() is { } line)
        {
            if (line.StartsWith(Include, StringComparison.Ordinal))
            {
                foreach (var included in LoadLines(line[Include.Length..]))
                {
                    yield return included;
                }
            }
            else if (line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal))
            {
                yield return line;
            }
        }
    }
}
