namespace LiveStreams.TestKit;

/// <summary>
/// The trait of long tests: soak, fuzz, flood, chaos, kills and time limits of many seconds. <c>./test</c> skips them,
/// <c>./test --all</c> runs them too: <c>[Trait(Tier.Name, Tier.All)]</c>.
/// </summary>
public static class Tier
{
    public const string Name = "Tier";
    public const string All = "all";
}
