using static SQLitePCL.raw;

namespace LiveStreams.Sqlite;

/// <summary>A parameter's value for a <see cref="Statement"/>. Numbers are not boxed.</summary>
internal readonly struct SqlValue
{
    private readonly Kind _kind;
    private readonly long _number;
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _blob;

    private SqlValue(Kind kind, long number = 0, string? text = null, ReadOnlyMemory<byte> blob = default) =>
        (_kind, _number, _text, _blob) = (kind, number, text, blob);

    private enum Kind
    {
        Null,
        Number,
        Text,
        Blob,
    }

    public static implicit operator SqlValue(long number) => new(Kind.Number, number);

    public static implicit operator SqlValue(string? text) => new(text is null ? Kind.Null : Kind.Text, text: text);

    public static implicit operator SqlValue(ReadOnlyMemory<byte> blob) => new(Kind.Blob, blob: blob);

    /// <summary>Binds the value to a parameter, numbered from 1; returns SQLite's result code.</summary>
    public int Bind(SQLitePCL.sqlite3_stmt statement, int parameter) => _kind switch
    {
        Kind.Number => sqlite3_bind_int64(statement, parameter, _number),
        Kind.Text => sqlite3_bind_text(statement, parameter, _text),
        Kind.Blob => sqlite3_bind_blob(statement, parameter, _blob.Span),
        _ => sqlite3_bind_null(statement, parameter),
    };
}
