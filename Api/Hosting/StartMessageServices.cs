namespace LiveStreams.Api.Hosting;

internal static class StartMessageServices
{
    public static void AddStartMessage(this WebApplicationBuilder builder) => builder.Services.AddHostedService<StartMessage>();
}
