namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>Changes to a valid request, which make some of its parts invalid or only unusual.</summary>
internal static class Mutations
{
    /// <summary>
    /// More than the server accepts in any body, so that its limits are tested, but little enough to keep in memory.
    /// </summary>
    private const int MaxBodyLength = 8 * 1024 * 1024;

    /// <summary>Mutations of a request's parts.</summary>
    public static readonly Action<Random, FuzzRequest>[] RequestMutations =
    [
        (random, request) => request.Method = random.Pick(MalformedRequestParts.Methods),
        (random, request) => request.Version = random.Pick(MalformedRequestParts.Versions),
        (random, request) => request.Target = random.Pick(MalformedRequestParts.Targets),
        (random, request) =>
            request.Target = Insert(random, request.Target, random.Pick(MalformedInput.Encoded), minIndex: 1),
        (random, request) =>
            request.Target = Insert(random, request.Target, random.Pick(MalformedInput.Encoded), minIndex: 1),
        (random, request) =>
            request.Target = Insert(random, request.Target, random.Pick(MalformedInput.Bytes), minIndex: 0),
        (random, request) =>
            request.Target = request.Target.Replace(
                "fuzz",
                string.Concat(Enumerable.Repeat(random.Pick(MalformedInput.Encoded), random.Next(1, 250))),
                StringComparison.Ordinal),
        (random, request) =>
            AddQuery(request, random.Pick(MalformedRequestParts.QueryKeys), random.Pick(MalformedInput.Numbers)),
        (random, request) => AddQuery(request, "since", random.Pick(MalformedInput.Times)),
        (random, request) =>
            AddQuery(request, random.Pick(MalformedRequestParts.QueryKeys), random.Pick(MalformedInput.Ids)),
        (random, request) =>
            AddQuery(request, random.Pick(MalformedRequestParts.QueryKeys), random.Pick(MalformedInput.Encoded)),
        (random, request) => AddQuery(request, "event", string.Concat(Enumerable.Repeat("e", random.Next(190, 210)))),
        (random, request) =>
            Enumerable.Range(0, random.Next(1, 600)).ToList().ForEach(
                _ => AddQuery(request, random.Pick(MalformedRequestParts.QueryKeys), "1")),
        (random, request) => SetHeader(request, "Host", random.Pick(MalformedRequestParts.Hosts)),
        (random, request) => SetHeader(request, "Origin", random.Pick(MalformedRequestParts.Origins)),
        (random, request) => SetHeader(request, "Content-Type", random.Pick(MalformedRequestParts.ContentTypes)),
        (random, request) => SetHeader(request, "Idempotency-Key", random.Pick(MalformedRequestParts.IdempotencyKeys)),
        (random, request) => SetHeader(request, "Last-Event-ID", random.Pick(MalformedInput.Ids)),
        (random, request) => SetHeader(request, "Last-Event-ID", random.Pick(MalformedInput.Bytes)),
        (random, request) => request.Headers.RemoveRange(0, random.Next(request.Headers.Count + 1)),
        (random, request) => request.Headers.Insert(
            random.Next(request.Headers.Count + 1), (random.Pick(MalformedRequestParts.HeaderLines), null)),
        (random, request) => request.Headers.Insert(
            random.Next(request.Headers.Count + 1), (random.Pick(MalformedRequestParts.HeaderLines), null)),
        (random, request) => request.Headers.Add(("X-Huge", new string('h', random.Next(40_000)))),
        (random, request) =>
            request.Headers.AddRange(Enumerable.Range(0, random.Next(150)).Select(i => ($"X-{i}", (string?)"many"))),
        (random, request) => Change(
            random,
            request,
            header => (Insert(random, header.Name, random.Pick(MalformedInput.Bytes), minIndex: 0), header.Value)),
        (random, request) => Change(
            random,
            request,
            header => (
                header.Name,
                Insert(random, header.Value ?? "", random.Pick(MalformedInput.Bytes), minIndex: 0))),
        (random, request) => SetHeader(request, "Content-Length", random.Pick(MalformedInput.Numbers)),
        (random, request) =>
            SetHeader(request, "Transfer-Encoding", random.Pick(MalformedRequestParts.TransferEncodings)),
        (random, request) => request.SetChunks(ChunkedBodies.Next(random)),
        (random, request) => request.SetChunks(ChunkedBodies.Next(random)),
        (random, request) =>
            request.SetBody(Insert(random, request.Body ?? "", random.Pick(MalformedInput.Bytes), minIndex: 0)),
        (random, request) =>
            request.SetBody(Insert(random, request.Body ?? "", random.Pick(MalformedInput.Json), minIndex: 0)),
        (random, request) => SetJson(random, request, PickJson(random)),
        (random, request) => SetJson(random, request, Nested(random)),
        (random, request) => SetJson(
            random,
            request,
            $$"""{"page":{{PickJson(random)}},"data":{{PickJson(random)}},"event":{{PickJson(random)}}}"""),
        (random, request) => SetJson(
            random,
            request,
            $$$"""{"page":"fuzz","data":{{{PickJson(random)}}},"key":"k","keep":{{{PickNumber(random)}}}}"""),
        (random, request) => SetJson(
            random,
            request,
            $"{{\"renders\":{{\"{random.Pick(MalformedInput.Bytes)}\":"
            + $"{{\"show\":{PickJson(random)},\"content\":{PickJson(random)}}}}}}}"),
        (random, request) => request.SetBody(Repeat(random, request.Body ?? "x")),
    ];

    /// <summary>Mutations of a request's bytes, regardless of their meaning.</summary>
    public static readonly Func<Random, byte[], byte[]>[] ByteMutations =
    [
        (random, bytes) => Splice(bytes, random.Next(bytes.Length), 1, [(byte)random.Next(256)]),
        (random, bytes) => Splice(
            bytes,
            random.Next(bytes.Length),
            0,
            [.. random.Pick(MalformedInput.Bytes).Select(symbol => (byte)symbol)]),
        (random, bytes) =>
            random.Next(bytes.Length) is var at
                ? Splice(bytes, at, random.Next(Math.Min(20, bytes.Length - at)), [])
                : bytes,
        (random, bytes) =>
            random.Next(bytes.Length) is var at
                ? Splice(bytes, at, 0, bytes.AsSpan(at, random.Next(bytes.Length - at)))
                : bytes,
        (random, bytes) => bytes[..random.Next(bytes.Length)],
    ];

    private static string PickJson(Random random) => random.Pick(MalformedInput.Json);

    private static string PickNumber(Random random) => random.Pick(MalformedInput.Numbers);

    private static string Repeat(Random random, string text)
    {
        var times = random.Next(random.Next(100) == 0 ? 20_000 : 50);
        return string.Concat(Enumerable.Repeat(text, Math.Min(times, MaxBodyLength / Math.Max(text.Length, 1))));
    }

    private static string Insert(Random random, string text, string part, int minIndex) =>
        text.Insert(text.Length == 0 ? 0 : random.Next(Math.Min(minIndex, text.Length), text.Length + 1), part);

    private static void AddQuery(FuzzRequest request, string key, string value) =>
        request.Target += $"{(request.Target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{key}={value}";

    private static void SetHeader(FuzzRequest request, string name, string value)
    {
        request.Headers.RemoveAll(header => header.Name == name);
        request.Headers.Add((name, value));
    }

    private static void Change(
        Random random, FuzzRequest request, Func<(string Name, string? Value), (string Name, string? Value)> change)
    {
        if (request.Headers.Count > 0)
        {
            var at = random.Next(request.Headers.Count);
            request.Headers[at] = change(request.Headers[at]);
        }
    }

    private static void SetJson(Random random, FuzzRequest request, string json)
    {
        if (request.Body is not null)
        {
            SetHeader(
                request,
                "Content-Type",
                request.Target.StartsWith("/updates", StringComparison.Ordinal)
                    ? "application/x-ndjson"
                    : random.Pick(["application/json", "application/ld+json"]));
            request.SetBody(json);
        }
    }

    private static string Nested(Random random)
    {
        var depth = random.Next(random.Next(20) == 0 ? 10_000 : 70);
        return random.Next(2) == 0
            ? new string('[', depth) + new string(']', depth)
            : string.Concat(Enumerable.Repeat("{\"renders\":", depth)) + "1" + new string('}', depth);
    }

    private static byte[] Splice(byte[] bytes, int at, int remove, ReadOnlySpan<byte> insert) =>
        [.. bytes.AsSpan(0, at), .. insert, .. bytes.AsSpan(at + remove)];
}
