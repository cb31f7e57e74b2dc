using LiveStreams.Api.Hosting;
using LiveStreams.Core;
using LiveStreams.Grains;

namespace LiveStreams.Api.Store;

/// <summary><c>Pages=orleans</c>: this process is a client of the cluster that the silos make.</summary>
internal static class ClusterPages
{
    public static void AddClusterPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<ClusterSettings>("Orleans");
        builder.UseOrleansClient(client => client.UsePageCluster(builder.Configuration));
        builder.Services.AddSingleton<IPublishRouter, GrainPublishRouter>();
    }
}
