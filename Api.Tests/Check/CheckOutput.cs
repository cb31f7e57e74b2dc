namespace LiveStreams.Api.Tests.Check;

/// <summary>What a check printed, and its exit code.</summary>
internal sealed record CheckOutput(int ExitCode, string Text)
{
    public IReadOnlyList<string> Lines => Text.TrimEnd('\n').Split('\n');

    /// <summary>Asserts that exactly one thing failed, and returns its sentence.</summary>
    public string SingleFailure()
    {
        Assert.True(ExitCode == 1, Text);
        return Assert.Single(Lines, line => line.StartsWith("fail  ", StringComparison.Ordinal))["fail  ".Length..];
    }

    /// <summary>Asserts that nothing failed.</summary>
    public void AssertReady()
    {
        Assert.True(ExitCode == 0, Text);
        Assert.DoesNotContain(Lines, line => line.StartsWith("fail", StringComparison.Ordinal));
        Assert.StartsWith("Ready to start", Lines[^1], StringComparison.Ordinal);
    }
}
