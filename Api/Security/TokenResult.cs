using System.Diagnostics.CodeAnalysis;

namespace LiveStreams.Api.Security;

/// <summary>What was read from a token, or the error: one sentence, which does not quote the token.</summary>
internal readonly record struct TokenResult<T> where T : class
{
    private TokenResult(T? value, string? error) => (Value, Error) = (value, error);

    public T? Value { get; }

    public string? Error { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsValid => Value is not null;

    public static implicit operator TokenResult<T>(T value) => new(value, null);

    public static implicit operator TokenResult<T>(string error) => new(null, error);
}
