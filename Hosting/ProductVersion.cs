namespace LiveStreams.Hosting;

/// <summary>The version of LiveStreams, which all its programs have.</summary>
public static class ProductVersion
{
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetName().Version!.ToString(3);
}
