using System.Diagnostics;

namespace LiveStreams.Api.Tests.Check;

/// <summary><c>check</c> on the folder of the database: real users, disks and servers.</summary>
public sealed class CheckDataTests : IDisposable
{
    private readonly CheckProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_data_folder_that_the_user_may_not_write_fails()
    {
        Directory.CreateDirectory(_program.PathOf("data"));
        Run("chmod", "755", _program.Folder);

        var output = await _program.RunProgramAsync(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);

        var failure = output.SingleFailure();
        Assert.StartsWith($"{_program.PathOf("data/livestreams.db")} cannot be written: ", failure);
        Assert.Contains("Give this user space and the right to write there", failure);
    }

    [Fact]
    public async Task A_data_folder_below_a_file_fails()
    {
        await File.WriteAllTextAsync(_program.PathOf("data"), "", TestContext.Current.CancellationToken);

        var output = await _program.RunAsync([]);

        Assert.Contains($"cannot be written: '{_program.PathOf("data")}' is a file", output.SingleFailure());
    }

    [Fact]
    public async Task A_full_disk_fails_and_a_small_one_is_a_warning()
    {
        var disk = _program.PathOf("disk");
        Directory.CreateDirectory(disk);
        Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk);
        try
        {
            var small = await _program.RunAsync([$"--Sqlite:Path={disk}/data/a.db", "--Limits:MaxSubscribers=10"]);
            small.AssertReady();
            Assert.Contains($"warn  {disk} has 0.0 GiB free, 100 %: free some, ", small.Text);

            await File.WriteAllBytesAsync(
                Path.Combine(disk, "full"), new byte[8 * 1024 * 1024 - 8192], TestContext.Current.CancellationToken);
            var full = await _program.RunAsync([$"--Sqlite:Path={disk}/data/a.db"]);
            Assert.Contains("cannot be written: No space left on device", full.SingleFailure());
            Assert.Equal("full", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(disk))));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    [Fact]
    public async Task A_running_server_is_reported_and_not_disturbed()
    {
        using var server = await ServerProcess.StartAsync("--Sqlite:Path=a.db");
        using var client = new ApiClient(server.Address);
        var path = Path.Combine(server.Folder, "a.db");

        var output = await _program.RunAsync([$"--Sqlite:Path={path}"]);

        Assert.Equal(
            $"Another process uses {path}; stop it, or give this process another file with Sqlite:Path.",
            output.SingleFailure());
        Assert.NotEmpty(await client.PublishAsync("home", "x"));

        await server.KillAsync();
        (await _program.RunAsync([$"--Sqlite:Path={path}"])).AssertReady();
    }

    [Fact]
    public async Task A_file_that_is_no_database_fails_and_is_not_changed()
    {
        var path = _program.PathOf("a.db");
        await File.WriteAllTextAsync(path, "Is this thing on?", TestContext.Current.CancellationToken);

        var output = await _program.RunAsync([$"--Sqlite:Path={path}"]);

        Assert.StartsWith($"{path} is not a database of this version", output.SingleFailure());
        Assert.Equal(path, Assert.Single(Directory.EnumerateFileSystemEntries(_program.Folder)));
    }

    private static void Run(params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
