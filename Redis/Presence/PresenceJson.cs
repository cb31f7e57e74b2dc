using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LiveStreams.Core;

namespace LiveStreams.Redis.Presence;

/// <summary>
/// Writes and reads a <see cref="PresenceReport"/> as JSON:
/// <code>
/// {"node":text,"sequence":number,"first":true,"last":true,"request":true,"leaving":true,"pages":{page:number,…}}
/// </code>
/// <c>first</c>, <c>last</c>, <c>request</c> and <c>leaving</c> are missing when they are false. Members with other
/// names are ignored.
/// </summary>
internal static class PresenceJson
{
    /// <summary>The largest report that is read, in bytes. A node writes smaller ones.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The longest name of a node, in characters.</summary>
    public const int MaxNodeLength = 64;

    /// <summary>The most streams of a page on one node that are counted. A thousand nodes fit into an int.</summary>
    public const int MaxCount = 1_000_000;

    private static readonly JsonWriterOptions _writerOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static ReadOnlyMemory<byte> Write(PresenceReport report)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json, _writerOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("node"u8, report.Node);
            writer.WriteNumber("sequence"u8, report.Sequence);
            WriteFlag(writer, "first"u8, report.IsFirst);
            WriteFlag(writer, "last"u8, report.IsLast);
            WriteFlag(writer, "request"u8, report.IsRequest);
            WriteFlag(writer, "leaving"u8, report.IsLeaving);
            writer.WriteStartObject("pages"u8);
            foreach (var (page, subscribers) in report.Pages)
            {
                writer.WriteNumber(page.Value, Math.Min(subscribers, MaxCount));
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return json.WrittenMemory;
    }

    /// <summary>Reads a report. Returns null if LiveStreams has not written it.</summary>
    public static PresenceReport? Read(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return null;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ReadMembers(ref reader) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a value of another type, or text that is not Unicode.
            return null;
        }
    }

    private static PresenceReport? ReadMembers(ref Utf8JsonReader reader)
    {
        var report = new PresenceReport("", 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "node":
                    report = report with { Node = reader.GetString() ?? "" };
                    break;
                case "sequence":
                    report = report with { Sequence = reader.GetInt64() };
                    break;
                case "first":
                    report = report with { IsFirst = reader.GetBoolean() };
                    break;
                case "last":
                    report = report with { IsLast = reader.GetBoolean() };
                    break;
                case "request":
                    report = report with { IsRequest = reader.GetBoolean() };
                    break;
                case "leaving":
                    report = report with { IsLeaving = reader.GetBoolean() };
                    break;
                case "pages":
                    report = report with { Pages = ReadPages(ref reader) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return report is { Node.Length: > 0 and <= MaxNodeLength, Sequence: > 0 } && !reader.Read() ? report : null;
    }

    private static List<PageCount> ReadPages(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("The pages are not an object.");
        }

        var pages = new List<PageCount>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var page = PageId.Parse(reader.GetString()!);
            reader.Read();
            pages.Add(new PageCount(page, reader.GetInt32() is >= 0 and <= MaxCount and var count
                ? count
                : throw new FormatException("A page's number of streams is out of range.")));
        }

        return pages;
    }

    private static void WriteFlag(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool isSet)
    {
        if (isSet)
        {
            writer.WriteBoolean(name, true);
        }
    }
}
