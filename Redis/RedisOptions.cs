using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Redis;

/// <summary>Which Redis, and the names used in it (<c>Redis:*</c>).</summary>
public sealed class RedisOptions : IValidatableObject
{
    /// <summary>
    /// A StackExchange.Redis connection string: <c>host:port</c>, several with commas between, then options such as
    /// <c>password=…</c>, <c>ssl=true</c>, <c>defaultDatabase=1</c>. Its client library says which options there are.
    /// </summary>
    [Required]
    public string Connection { get; set; } = "";

    /// <summary>What every key and channel begins with. Default <c>livestreams:</c>; 1 to 100 characters, no control characters or braces.</summary>
    [Required, StringLength(100), RegularExpression(@"[^\p{C}{}]+", ErrorMessage = "It has no control characters and no braces.")]
    public string Prefix { get; set; } = "livestreams:";

    /// <summary>
    /// Channels of other programs whose messages stream to a page's subscribers too, with commas between. Each holds <c>{page}</c> once, where the
    /// page's name stands: <c>group_{page}</c>. Default none.
    /// </summary>
    public string ForeignChannels { get; set; } = "";

    internal string[] ForeignChannelPatterns =>
        ForeignChannels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from pattern in ForeignChannelPatterns
        where pattern.Split(RedisNames.PagePlaceholder).Length != 2
        select new ValidationResult($"'{pattern}' does not have {RedisNames.PagePlaceholder} in it, once.", [nameof(ForeignChannels)]);
}
