namespace LiveStreams.Api.Tool;

/// <summary>
/// Colours (ECMA-48), where standard output is a terminal, unless <c>NO_COLOR</c> is set (https://no-color.org) or the
/// terminal is a dumb one.
/// </summary>
internal sealed class TerminalStyle(bool isOn)
{
    public static TerminalStyle ForOutput() => new(
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb");

    public string Bold(string text) => Style("1", text);

    public string Dim(string text) => Style("2", text);

    public string Red(string text) => Style("31", text);

    public string Green(string text) => Style("32", text);

    public string Yellow(string text) => Style("33", text);

    public string Cyan(string text) => Style("36", text);

    private string Style(string code, string text) => isOn ? $"\e[{code}m{text}\e[0m" : text;
}
