using LiveStreams.Sqlite;

namespace LiveStreams.Api.Check;

/// <summary>Whether the server could use its database file, and how much space it has.</summary>
internal sealed class DataCheck : ICheck
{
    private const long GiB = 1024 * 1024 * 1024;
    private const long MinFreeBytes = GiB;
    private const int MinFreePercent = 5;

    public string Subject => "Sqlite:Path";

    public Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (OptionsOf<SqliteOptions>.Find(services) is not { } options)
        {
            return Task.FromResult<IReadOnlyList<Finding>>([]);
        }

        var state = StoreFileProbe.Find(options.Path);
        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            Finding.Ok(state.Exists ? $"{state.Path} can be written." : $"{state.Path} would be created."),
            CheckSpace(state),
        ]);
    }

    private static Finding CheckSpace(StoreFileState state)
    {
        var percent = state.TotalBytes == 0 ? 0 : 100 * state.FreeBytes / state.TotalBytes;
        var free = $"{state.Folder} has {(double)state.FreeBytes / GiB:0.0} GiB free, {percent} %";
        return state.FreeBytes < MinFreeBytes || percent < MinFreePercent
            ? Finding.Warn($"{free}: free some, or set Sqlite:Path to a file on another disk, before it is full.")
            : Finding.Ok($"{free}.");
    }
}
