using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>The setting <c>Secrets:Folder</c>.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-secrets-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Kubernetes mounts each file as a link into a hidden folder, which it replaces in one step.</summary>
    [Fact]
    public async Task Files_of_the_secrets_folder_are_settings()
    {
        var hidden = _folder.CreateSubdirectory("..2026");
        await WriteAsync(Path.Combine(hidden.FullName, "Limits__MaxUpdateBytes"), "3\n");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "..data"), hidden.Name);
        File.CreateSymbolicLink(
            Path.Combine(_folder.FullName, "Limits__MaxUpdateBytes"), "..data/Limits__MaxUpdateBytes");
        await using var server = await InProcessApi.StartAsync($"--Secrets:Folder={_folder.FullName}");
        using var client = new ApiClient(server.Address);

        using var large = await client.PostAsync("home", "four");

        Assert.Equal(System.Net.HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task The_command_line_overrides_a_secret_file()
    {
        await WriteAsync(Path.Combine(_folder.FullName, "Limits__MaxUpdateBytes"), "3");
        await using var server = await InProcessApi.StartAsync(
            $"--Secrets:Folder={_folder.FullName}", "--Limits:MaxUpdateBytes=100");
        using var client = new ApiClient(server.Address);

        Assert.NotEmpty(await client.PublishAsync("home", "four"));
    }

    [Fact]
    public async Task A_secrets_folder_that_does_not_exist_stops_the_start()
    {
        var (exitCode, output) = await ServerProcess.FailAsync("--Secrets:Folder=/nowhere");

        Assert.Equal((1, "Secrets:Folder is '/nowhere', which is not a folder."), (exitCode, output));
    }

    private static Task WriteAsync(string file, string text) =>
        File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
}
