namespace LiveStreams.Api.Http;

/// <summary>Says which HTTP methods change something.</summary>
internal static class RequestMethod
{
    /// <summary>Whether the method changes something (RFC 9110 §9.2.1).</summary>
    public static bool IsUnsafe(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);
}
