using k8s;
using k8s.Models;

namespace LiveStreams.Api.Tests.Deploy;

/// <summary>
/// A kustomization of <c>deploy/kubernetes</c>: the objects of its resources, and its settings. It does what these
/// files need of Kustomize: resources and literals of config maps. Fields that it does not know are errors.
/// </summary>
internal sealed class Kustomization
{
    private static readonly Dictionary<string, Type> _types = new()
    {
        ["v1/Namespace"] = typeof(V1Namespace),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["apps/v1/StatefulSet"] = typeof(V1StatefulSet),
        ["autoscaling/v2/HorizontalPodAutoscaler"] = typeof(V2HorizontalPodAutoscaler),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["rbac.authorization.k8s.io/v1/Role"] = typeof(V1Role),
        ["rbac.authorization.k8s.io/v1/RoleBinding"] = typeof(V1RoleBinding),
    };

    private readonly List<string> _files = [];
    private readonly List<IKubernetesObject<V1ObjectMeta>> _objects = [];
    private readonly Dictionary<string, string> _settings = [];

    /// <summary>The files of the objects.</summary>
    public IReadOnlyList<string> Files => _files;

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects => _objects;

    /// <summary>The literals of the config map: settings by the names of environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <summary>The pods of the deployments and stateful sets, by name.</summary>
    public IReadOnlyDictionary<string, V1PodTemplateSpec> Pods => Objects
        .Select(item => (item.Metadata.Name, Template: item switch
        {
            V1Deployment deployment => deployment.Spec.Template,
            V1StatefulSet set => set.Spec.Template,
            _ => null,
        }))
        .Where(item => item.Template is not null)
        .ToDictionary(item => item.Name, item => item.Template!);

    public static Kustomization Load(string folder)
    {
        var kustomization = new Kustomization();
        kustomization.Add(folder);
        return kustomization;
    }

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    /// <summary>The pods that have all labels of a selector.</summary>
    public IReadOnlyList<V1PodTemplateSpec> Select(V1LabelSelector selector) =>
        Select(selector.MatchLabels ?? new Dictionary<string, string>());

    public IReadOnlyList<V1PodTemplateSpec> Select(IDictionary<string, string> labels) =>
        [.. Pods.Values.Where(pod => labels.All(pod.Metadata.Labels.Contains))];

    private void Add(string folder)
    {
        var text = File.ReadAllText(Path.Combine(folder, "kustomization.yaml"));
        var file = KubernetesYaml.Deserialize<KustomizationFile>(text, strict: true);
        Assert.Equal(("Kustomization", "livestreams"), (file.Kind, file.Namespace));
        foreach (var resource in file.Resources.Select(name => Path.GetFullPath(Path.Combine(folder, name))))
        {
            if (Directory.Exists(resource))
            {
                Add(resource);
                continue;
            }

            _files.Add(resource);
            var content = File.ReadAllText(resource);
            _objects.AddRange(KubernetesYaml.LoadAllFromString(content, _types, strict: true)
                .Cast<IKubernetesObject<V1ObjectMeta>>());
        }

        foreach (var literal in file.ConfigMapGenerator.SelectMany(map => map.Literals))
        {
            var parts = literal.Split('=', 2);
            _settings[parts[0]] = parts[1];
        }
    }

    private sealed class KustomizationFile
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public string Namespace { get; set; } = "";

        public List<string> Resources { get; set; } = [];

        public List<ConfigMap> ConfigMapGenerator { get; set; } = [];
    }

    private sealed class ConfigMap
    {
        public string Name { get; set; } = "";

        public string Behavior { get; set; } = "";

        public List<string> Literals { get; set; } = [];
    }
}
