namespace LiveStreams.Api.Tests.Deploy;

/// <summary>The setting <c>Orleans:Kubernetes</c>.</summary>
public sealed class KubernetesSiloTests
{
    [Fact]
    public async Task A_silo_that_is_told_to_use_Kubernetes_and_is_not_in_a_pod_does_not_start()
    {
        var (exitCode, output) = await ServerProcess.FailSiloAsync(
            "--Redis:Connection=127.0.0.1:1",
            "--Orleans:Kubernetes=true");

        Assert.Equal(
            (1, "Orleans:Kubernetes is true, but this process is not in a pod whose service account token is mounted."),
            (exitCode, output));
    }
}
