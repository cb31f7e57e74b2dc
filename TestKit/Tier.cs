namespace LiveStreams.TestKit;

/// <summary>
/// The trait of tests that take long: soak, fuzz, flood, chaos, kills and time limits of many seconds. <c>./test</c>
/// leaves them out, <c>./test --all</c> runs them too: <c>[Trait(Tier.Name, Tier.All)]</c>.
/// </summary>
public static class Tier
{
    public const string Name = "Tier";
    public const string All = "all";
}
