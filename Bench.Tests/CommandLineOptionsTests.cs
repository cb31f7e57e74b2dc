using System.CommandLine;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Tests;

public sealed class CommandLineOptionsTests
{
    [Fact]
    public void The_defaults_apply_without_options()
    {
        var options = Read("");

        Assert.Equal([SystemUnderTest.Embedded, SystemUnderTest.Nchan], options.Systems);
        Assert.Equal(5, options.Rounds);
        Assert.Equal(TimeSpan.FromSeconds(3), options.Duration);
        Assert.Null(options.Subscribers);
        Assert.Equal([1, 4, 32], options.Outstanding);
        Assert.Null(options.JsonFile);
        Assert.Null(options.PlotFile);
    }

    [Fact]
    public void Every_option_is_read()
    {
        var options = Read(
            "--size redis,grains --peer rawcast --rounds 2 --seconds 1 "
            + "--subscribers 10,20 --outstanding 4 --json a.json --plot a.svg");

        Assert.Equal([SystemUnderTest.Redis, SystemUnderTest.Grains, SystemUnderTest.Rawcast], options.Systems);
        Assert.Equal(2, options.Rounds);
        Assert.Equal(TimeSpan.FromSeconds(1), options.Duration);
        Assert.Equal([10, 20], options.Subscribers!);
        Assert.Equal([4], options.Outstanding);
        Assert.Equal("a.json", options.JsonFile);
        Assert.Equal("a.svg", options.PlotFile);
    }

    [Theory]
    [InlineData(
        "--size nchan",
        "There is no size nchan. Choose from embedded, redis, grains, cohosted, memory, sockets.")]
    [InlineData("--peer netcat", "There is no peer netcat. Choose from nchan, rawcast.")]
    [InlineData("--rounds 0", "0 is not a whole number above 0.")]
    [InlineData("--subscribers 10,-1", "-1 is not a whole number above 0.")]
    [InlineData("--outstanding 1,,2", " is not a whole number above 0.")]
    [InlineData("--seconds 1.5", "1.5 is not a whole number above 0.")]
    [InlineData("--colour", "Unrecognized command or argument '--colour'.")]
    public void An_invalid_option_is_rejected(string arguments, string error) =>
        Assert.Equal([error], BenchCommand.Create().Parse($"fanout {arguments}").Errors.Select(e => e.Message));

    [Fact]
    public void The_arguments_of_micro_are_not_parsed() =>
        Assert.Empty(BenchCommand.Create().Parse("micro --filter *Ring* --join").Errors);

    private static Options Read(string arguments)
    {
        var options = new CommandLineOptions();
        var command = new RootCommand();
        options.AddTo(command);
        return options.Read(command.Parse(arguments), [SystemUnderTest.Embedded], [SystemUnderTest.Nchan]);
    }
}
