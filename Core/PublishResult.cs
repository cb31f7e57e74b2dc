namespace LiveStreams.Core;

/// <summary>How a publish ended.</summary>
public enum PublishStatus
{
    /// <summary>The update has been published.</summary>
    Published,

    /// <summary>
    /// Nothing new was published: the same update with the same key was published before, or the page had already
    /// ended.
    /// </summary>
    Repeated,

    /// <summary>
    /// Not published: the idempotency key was used before, for another update. A retry needs another key.
    /// </summary>
    KeyReused,

    /// <summary>
    /// Not published: the page's posts would exceed a limit (<see cref="Posts.PostOptions"/>). Remove some, or make
    /// them smaller.
    /// </summary>
    PostsFull,

    /// <summary>
    /// Not published: <see cref="PageWriter.MaxWaiting"/> publishes or <see cref="PageWriter.MaxWaitingBytes"/> bytes
    /// already wait for this page. A later retry may succeed.
    /// </summary>
    PageBusy,

    /// <summary>
    /// Not published: the page's silo rejects the draft. A server validates by the same rules, so this happens only
    /// when server and silo have different limits. A retry does not help.
    /// </summary>
    Invalid,

    /// <summary>Not published: the store cannot be reached. A later retry may succeed.</summary>
    StoreUnavailable,

    /// <summary>
    /// The store did not respond in time, so the update may or may not have been published. Only a retry with the same
    /// idempotency key is safe.
    /// </summary>
    Unknown,
}

/// <summary>The result of a publish. An engine returns it, and it reaches the HTTP response unchanged.</summary>
public readonly record struct PublishResult
{
    private PublishResult(PublishStatus status, UpdateId id = default, string? error = null) =>
        (Status, Id, Error) = (status, id, error);

    public static PublishResult KeyReused { get; } = new(PublishStatus.KeyReused);

    public static PublishResult PostsFull { get; } = new(PublishStatus.PostsFull);

    public static PublishResult PageBusy { get; } = new(PublishStatus.PageBusy);

    public PublishStatus Status { get; }

    /// <summary>
    /// The update's id; of a repeated publish, the id of the first. <see cref="UpdateId.None"/> when the update is
    /// live-only or was not published.
    /// </summary>
    public UpdateId Id { get; }

    /// <summary>
    /// What went wrong, as one sentence or more; set when the status is <see cref="PublishStatus.Invalid"/>,
    /// <see cref="PublishStatus.StoreUnavailable"/> or <see cref="PublishStatus.Unknown"/>.
    /// </summary>
    public string? Error { get; }

    public bool IsRepeat => Status is PublishStatus.Repeated;

    public static PublishResult Published(UpdateId id) => new(PublishStatus.Published, id);

    public static PublishResult Repeated(UpdateId id) => new(PublishStatus.Repeated, id);

    public static PublishResult Invalid(string error) => new(PublishStatus.Invalid, error: error);

    public static PublishResult StoreUnavailable(string error) => new(PublishStatus.StoreUnavailable, error: error);

    public static PublishResult Unknown(string error) => new(PublishStatus.Unknown, error: error);

    public static PublishResult Of(StoreUnavailableException exception) =>
        exception.OutcomeUnknown ? Unknown(exception.Message) : StoreUnavailable(exception.Message);
}
