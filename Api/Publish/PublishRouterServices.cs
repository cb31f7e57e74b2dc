using LiveStreams.Core;
using LiveStreams.Core.Tracing;
using LiveStreams.Grains;
using LiveStreams.Hosting;
using LiveStreams.Hosting.Silos;

namespace LiveStreams.Api.Publish;

/// <summary>
/// Where a publish is ordered (<c>Pages</c>): in this process, or in the grain of its page, for which this process is
/// a silo of the cluster (<c>Orleans:Silo</c>), or a client of its silos.
/// </summary>
internal static class PublishRouterServices
{
    public static void AddPublishRouter(this WebApplicationBuilder builder)
    {
        switch (builder.Configuration["Pages"] ?? "local")
        {
            case "local" when IsSilo(builder):
                throw new SettingException(
                    "Orleans:Silo is true, but Pages is 'local', so no page would be in the silo. Set Pages=orleans.");
            case "local":
                builder.Services.AddRouter<LocalPublishRouter>();
                break;
            case "orleans" when StoreServices.ReadKind(builder.Configuration) is StoreKind.Redis:
                if (IsSilo(builder))
                {
                    builder.AddSilo();
                    builder.UseOrleans(silo => silo.PreferLocalPages());
                }
                else
                {
                    builder.Services.AddSection<PageClusterOptions>(PageClusterOptions.Section);
                    builder.UseOrleansClient(client => client.UsePageCluster(builder.Configuration));
                }

                builder.Services.AddRouter<GrainPublishRouter>();
                break;
            case "orleans":
                throw new SettingException(
                    "Pages is 'orleans', which needs the Redis of the silos as its store: "
                    + "set Redis:Connection, for instance to localhost:6379.");
            case var other:
                throw new SettingException($"Pages must be 'local' or 'orleans', not '{other}'.");
        }
    }

    private static void AddRouter<TRouter>(this IServiceCollection services)
        where TRouter : class, IPublishRouter
    {
        services.AddSingleton<TRouter>();
        services.AddSingleton<IPublishRouter>(provider =>
            new TracedPublishRouter(provider.GetRequiredService<TRouter>()));
    }

    private static bool IsSilo(WebApplicationBuilder builder) => PageClusterOptions.Read(builder.Configuration).Silo;
}
