using LiveStreams.Api.Start;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Tool;

/// <summary>Which command the arguments of the program ask for.</summary>
public sealed class ProgramCommandsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("serve", "")]
    [InlineData("serve --urls http://localhost:8081", "--urls http://localhost:8081")]
    [InlineData("--urls http://localhost:8081 --Redis:Prefix tail", "--urls http://localhost:8081 --Redis:Prefix tail")]
    [InlineData("--Store=memory --Redis:Prefix=@x:", "--Store=memory --Redis:Prefix=@x:")]
    [InlineData("/Store memory", "/Store memory")]
    [InlineData("Store=memory tail", "Store=memory tail")]
    public void Without_another_command_the_program_is_the_server(string args, string settings) =>
        Assert.Equal(Split(settings), ServeCommand.FindSettings(Split(args)));

    [Theory]
    [InlineData("tail home")]
    [InlineData("serve --help")]
    [InlineData("--Store=memory -h")]
    [InlineData("--version")]
    [InlineData("srve")]
    public void Other_commands_and_questions_do_not_start_a_server(string args) =>
        Assert.Null(ServeCommand.FindSettings(Split(args)));

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public async Task The_help_lists_the_commands(string option)
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync(option);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.All(
            ["serve", "check", "tail", "publish", "posts", "top", "token", "health"],
            command => Assert.Matches($@"(?m)^  {command}\b", output));
        Assert.Contains("livestreams [command] [options]", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "--Store=memory", "--help")]
    [InlineData("--Store=memory", "--help")]
    public async Task The_help_of_the_server_says_where_its_settings_are(params string[] args)
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync(args);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("livestreams serve [<SETTINGS>...]", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_printed()
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync("--version");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("0.1.0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_is_reported()
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync("tial", "home");

        Assert.Equal(
            (1, "", "'tial' is not a command; 'livestreams --help' lists them.\n"), (exitCode, output, error));
    }

    private static string[] Split(string args) => args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
