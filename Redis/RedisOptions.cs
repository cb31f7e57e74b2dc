using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Redis;

/// <summary>Which Redis to use, and the names of keys and channels in it (<c>Redis:*</c>).</summary>
public sealed class RedisOptions : IValidatableObject
{
    /// <summary>
    /// A StackExchange.Redis connection string: <c>host:port</c>, several separated by commas, then options such as
    /// <c>password=…</c>, <c>ssl=true</c>, <c>defaultDatabase=1</c>. The documentation of that library lists them.
    /// </summary>
    [Required]
    public string Connection { get; set; } = "";

    /// <summary>
    /// The prefix of every key and channel: 1 to 100 characters, without control characters and braces. Default
    /// <c>livestreams:</c>.
    /// </summary>
    [Required]
    [StringLength(100)]
    [RegularExpression(@"[^\p{C}{}]+", ErrorMessage = "It must not contain control characters or braces.")]
    public string Prefix { get; set; } = "livestreams:";

    /// <summary>
    /// Whether updates are announced by sharded Pub/Sub (<c>SPUBLISH</c>) where Redis has it: in a Redis Cluster of
    /// version 7 or later. An announcement then goes to the nodes of the page's slot only, not to all nodes. Every
    /// process listens to both kinds of announcements, whatever it sends itself. Default true.
    /// </summary>
    public bool ShardedAnnouncements { get; set; } = true;

    /// <summary>
    /// Channels of other programs whose messages are streamed to a page's subscribers too, separated by commas. Each
    /// contains <c>{page}</c> once, in place of the page's name: <c>group_{page}</c>. Default none.
    /// </summary>
    public string ForeignChannels { get; set; } = "";

    internal string[] ForeignChannelPatterns =>
        ForeignChannels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from pattern in ForeignChannelPatterns
        where pattern.Split(RedisNames.PagePlaceholder).Length != 2
        select new ValidationResult(
            $"'{pattern}' must contain {RedisNames.PagePlaceholder} exactly once.",
            [nameof(ForeignChannels)]);
}
