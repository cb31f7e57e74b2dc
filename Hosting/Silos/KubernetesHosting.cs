using k8s;
using LiveStreams.Grains;

namespace LiveStreams.Hosting.Silos;

/// <summary>
/// <c>Orleans:Kubernetes=true</c>: the silo has the name of its pod, and asks Kubernetes which pods are there. A silo
/// whose pod is gone is declared dead at once, also by the first silo after all were lost.
/// </summary>
internal static class KubernetesHosting
{
    /// <exception cref="SettingException">It is on, and the process is not in a pod with a service account.</exception>
    public static void UseKubernetes(this ISiloBuilder silo, IConfiguration configuration)
    {
        if (!PageClusterOptions.Read(configuration).Kubernetes)
        {
            return;
        }

        if (!KubernetesClientConfiguration.IsInCluster())
        {
            throw new SettingException(
                "Orleans:Kubernetes is true, but this process is not in a pod whose service account token is mounted.");
        }

        silo.UseKubernetesHosting();
    }
}
