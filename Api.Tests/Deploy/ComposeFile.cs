using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace LiveStreams.Api.Tests.Deploy;

/// <summary><c>deploy/compose.yaml</c>. Reading it fails on a name that is there twice.</summary>
internal sealed class ComposeFile
{
    private readonly Dictionary<object, object> _root;

    private ComposeFile(Dictionary<object, object> root) => _root = root;

    public IReadOnlyList<string> Services => [.. Map(_root["services"]).Keys.Cast<string>()];

    public static async Task<ComposeFile> LoadAsync()
    {
        var parser = new MergingParser(new Parser(new StringReader(await Repository.ReadAsync("deploy/compose.yaml"))));
        var reader = new DeserializerBuilder().WithDuplicateKeyChecking().Build();
        return new ComposeFile(reader.Deserialize<Dictionary<object, object>>(parser)!);
    }

    /// <summary>The value of a nested key; null if the file does not have it.</summary>
    public object? Find(params string[] path) => path.Aggregate(
        (object?)_root,
        (value, name) => value is Dictionary<object, object> map ? map.GetValueOrDefault(name) : null);

    public IReadOnlyDictionary<string, string> FindTexts(params string[] path) => Find(path) is { } map
        ? Map(map).ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value)
        : new Dictionary<string, string>();

    public IReadOnlyList<string> FindNames(params string[] path) => Find(path) switch
    {
        Dictionary<object, object> map => [.. map.Keys.Cast<string>()],
        List<object> list => [.. list.Cast<string>()],
        _ => [],
    };

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;
}
