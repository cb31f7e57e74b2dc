using k8s.Models;

namespace LiveStreams.Api.Tests.Deploy;

/// <summary><c>deploy/kubernetes</c>, read with Kubernetes' own types, which refuse unknown fields.</summary>
public sealed class KubernetesTests
{
    private const int LongestServerStop = 2;

    /// <summary>With Redis: the default of Drain:Period, and 2 s.</summary>
    private const int LongestSharedServerStop = 22;
    private const int LongestSiloStop = 30;

    /// <summary>What Kubernetes itself, and the package that runs silos in it, read from the environment.</summary>
    private static readonly string[] _podVariables = ["POD_IP", "POD_NAME", "POD_NAMESPACE"];

    public static TheoryData<string> Overlays => ["embedded", "shared", "cluster"];

    [Fact]
    public void Every_manifest_is_part_of_a_size()
    {
        var used = Overlays.SelectMany(overlay => Load(overlay).Files).ToHashSet();

        var manifests = Directory.GetFiles(Repository.PathOf("deploy/kubernetes"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "kustomization.yaml");

        Assert.All(manifests, file => Assert.Contains(file, used));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void No_two_objects_of_a_size_are_the_same(string overlay)
    {
        var objects = Load(overlay).Objects;

        Assert.Distinct(objects.Select(item => (item.Kind, item.Metadata.Name)));
        Assert.All(objects.Where(item => item is not V1Namespace), item => Assert.Equal(
            "livestreams",
            item.Metadata.NamespaceProperty));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Every_selector_matches_the_pods_of_one_workload(string overlay)
    {
        var size = Load(overlay);
        List<V1LabelSelector> selectors =
        [
            .. size.All<V1Deployment>().Select(deployment => deployment.Spec.Selector),
            .. size.All<V1StatefulSet>().Select(set => set.Spec.Selector),
            .. size.All<V1PodDisruptionBudget>().Select(budget => budget.Spec.Selector),
            .. size.All<V1Service>().Select(service => new V1LabelSelector { MatchLabels = service.Spec.Selector }),
            .. size.Pods.Values.SelectMany(pod => pod.Spec.TopologySpreadConstraints ?? [])
                .Select(constraint => constraint.LabelSelector),
            .. size.Pods.Values.SelectMany(AntiAffinityTerms).Select(term => term.LabelSelector),
        ];

        Assert.NotEmpty(selectors);
        Assert.All(selectors, selector => Assert.Single(size.Select(selector)));
        Assert.All(size.All<V2HorizontalPodAutoscaler>(), scaler => Assert.Contains(
            size.Objects,
            item => item.Kind == scaler.Spec.ScaleTargetRef.Kind
                && item.Metadata.Name == scaler.Spec.ScaleTargetRef.Name));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Every_port_that_is_named_is_a_port_of_the_pod(string overlay)
    {
        var size = Load(overlay);
        foreach (var pod in size.Pods.Values)
        {
            var container = Assert.Single(pod.Spec.Containers);
            var probes = new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe };
            Assert.All(probes, probe => AssertHasPort(pod, probe.HttpGet.Port));
            Assert.Equal("/health/ready", container.ReadinessProbe.HttpGet.Path);
            Assert.Equal("/health/live", container.LivenessProbe.HttpGet.Path);
        }

        foreach (var service in size.All<V1Service>())
        {
            var pod = Assert.Single(size.Select(service.Spec.Selector));
            Assert.All(service.Spec.Ports, port => AssertHasPort(pod, port.TargetPort));
        }

        foreach (var policy in size.All<V1NetworkPolicy>().Where(policy => policy.Metadata.Name is not "redis"))
        {
            var ports = (policy.Spec.Ingress ?? []).SelectMany(rule => rule.Ports).ToList();
            Assert.All(ports, port => AssertHasPort(Assert.Single(size.Select(policy.Spec.PodSelector)), port.Port));
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Every_pod_is_restricted(string overlay) => Assert.All(Load(overlay).Pods.Values, pod =>
    {
        var security = pod.Spec.SecurityContext;
        Assert.True(security.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", security.SeccompProfile.Type);
        var container = Assert.Single(pod.Spec.Containers);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.Contains("memory", container.Resources.Limits);

        var volumes = pod.Spec.Volumes.Select(volume => volume.Name).Append("data");
        Assert.All(container.VolumeMounts, mount => Assert.Contains(mount.Name, volumes));
    });

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_variable_is_a_setting(string overlay)
    {
        var size = Load(overlay);
        var variables = size.Pods.Values
            .SelectMany(pod => pod.Spec.Containers[0].Env ?? [])
            .Select(variable => variable.Name)
            .Concat(size.Settings.Keys)
            .Except(_podVariables);
        foreach (var variable in variables)
        {
            await DocumentedSettings.AssertAsync(variable);
        }

        Assert.All(size.Pods.Values, pod => Assert.Equal(
            size.Settings["Secrets__Folder"],
            pod.Spec.Containers[0].VolumeMounts.Single(mount => mount.Name == "secrets").MountPath));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void A_pod_gets_the_time_that_its_stop_takes(string overlay) => Assert.All(Load(overlay).Pods.Values, pod =>
    {
        var container = pod.Spec.Containers[0];
        var wait = container.Lifecycle?.PreStop.Sleep.Seconds ?? 0;
        var stop = (container.Name, overlay) switch
        {
            ("silo", _) => LongestSiloStop,
            (_, "embedded") => LongestServerStop,
            _ => LongestSharedServerStop,
        };
        Assert.InRange(pod.Spec.TerminationGracePeriodSeconds!.Value, wait + stop + 5, 60);
    });

    [Fact]
    public void Silos_watch_and_label_the_pods_of_their_namespace_and_servers_have_no_rights()
    {
        var size = Load("cluster");
        var role = Assert.Single(size.All<V1Role>());
        var binding = Assert.Single(size.All<V1RoleBinding>());
        var subject = Assert.Single(binding.Subjects);
        var rule = Assert.Single(role.Rules);

        Assert.Equal((role.Kind, role.Metadata.Name), (binding.RoleRef.Kind, binding.RoleRef.Name));
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["get", "list", "watch", "patch"], rule.Verbs);
        Assert.Equal(size.Pods["livestreams-silo"].Spec.ServiceAccountName, subject.Name);
        Assert.All(size.Pods.Values, pod => Assert.Contains(
            size.All<V1ServiceAccount>(),
            account => account.Metadata.Name == pod.Spec.ServiceAccountName));
        Assert.False(size.Pods["livestreams"].Spec.AutomountServiceAccountToken);
    }

    [Fact]
    public void Only_silos_and_servers_reach_the_ports_of_silos()
    {
        var size = Load("cluster");
        var (silo, server) = (size.Pods["livestreams-silo"], size.Pods["livestreams"]);
        var policy = size.All<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "silos");

        Assert.Equal([silo], size.Select(policy.Spec.PodSelector));
        Assert.Equal(
            [(silo, "silo,gateway"), (server, "gateway")],
            policy.Spec.Ingress.Select(rule => (
                Assert.Single(size.Select(Assert.Single(rule.FromProperty).PodSelector)),
                string.Join(',', rule.Ports.Select(port => port.Port.Value)))));
        Assert.Contains(size.All<V1NetworkPolicy>(), policy =>
            policy.Spec.PodSelector.MatchLabels is null && policy.Spec.Ingress is null);
    }

    private static Kustomization Load(string overlay) =>
        Kustomization.Load(Repository.PathOf($"deploy/kubernetes/overlays/{overlay}"));

    private static IEnumerable<V1PodAffinityTerm> AntiAffinityTerms(V1PodTemplateSpec pod) =>
        (pod.Spec.Affinity?.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
        .Select(preference => preference.PodAffinityTerm);

    private static void AssertHasPort(V1PodTemplateSpec pod, IntOrString port) =>
        Assert.Contains(pod.Spec.Containers[0].Ports, declared => declared.Name == port.Value);
}
