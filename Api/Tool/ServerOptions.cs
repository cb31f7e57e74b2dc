using System.CommandLine;

namespace LiveStreams.Api.Tool;

/// <summary>The options with which a command finds its server: <c>--server</c> and <c>--token-file</c>.</summary>
internal sealed class ServerOptions
{
    private const string AddressVariable = "LIVESTREAMS_URL";
    private const string DefaultAddress = "http://localhost:8080";

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"The address of the server. [default: {AddressVariable}, else {DefaultAddress}]",
        HelpName = "URL",
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = "A file that holds the token. It is read for each request. "
            + $"[default: the token in {TokenSource.Variable}, else none]",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_tokenFile);
    }

    /// <exception cref="ToolException">The address is not one of a server.</exception>
    public ServerClient CreateClient(ParseResult arguments)
    {
        var address = Environment.GetEnvironmentVariable(AddressVariable);
        var text = arguments.GetValue(_server) ?? (string.IsNullOrEmpty(address) ? DefaultAddress : address);
        return new ServerClient(ReadAddress(text), new TokenSource(arguments.GetValue(_tokenFile)));
    }

    private static Uri ReadAddress(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            throw new ToolException($"'{text}' is not the address of a server: use for example {DefaultAddress}.");
        }

        // The text is not repeated: it may be a secret.
        return server.UserInfo.Length == 0 && server.Query.Length == 0 && server.Fragment.Length == 0
            ? server
            : throw new ToolException(
                "The address of a server has no user name, password, query or fragment: "
                + $"put the token into {TokenSource.Variable}, or into a file for --token-file.");
    }
}
