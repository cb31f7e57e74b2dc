// Publishes each line of its standard input to a page, through the page's grain, and prints the id of each update.
using System.Text;
using LiveStreams.Core;
using LiveStreams.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// A grain replies within 1.5 s. Without a reply after 3 s its silo is probably dead.
var callTimeout = TimeSpan.FromSeconds(3);
var retryDelay = TimeSpan.FromMilliseconds(200);

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders();
if (builder.Configuration["Redis:Connection"] is not { Length: > 0 }
    || !PageId.TryParse(builder.Configuration["Page"] ?? "", out var page, out _))
{
    Console.Error.WriteLine("Needs --Redis:Connection, the Redis of the silos, and --Page, the page's name.");
    return 1;
}

builder.UseOrleansClient(client => client.UsePageCluster(builder.Configuration));
using var host = builder.Build();
try
{
    await host.StartAsync();
}
catch (StartException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

var grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IPageGrain>(page.Value);
while (await Console.In.ReadLineAsync() is { } line)
{
    // A service uses an id that its update already has, for instance that of a row: its own restart is safe then.
    var key = Guid.NewGuid().ToString();
    Console.WriteLine(await PublishAsync(new DraftMessage(Encoding.UTF8.GetBytes(line), Event: null, key, Keep: true)));
}

await host.StopAsync();
return 0;

// Sends the update until it is published. It may be published without a reply, so each attempt has the same key.
async Task<UpdateId> PublishAsync(DraftMessage draft)
{
    while (true)
    {
        var result = await TryPublishAsync(draft);
        switch (result.Status)
        {
            case PublishStatus.Published or PublishStatus.Repeated:
                return result.Id;

            // Retrying does not help.
            case PublishStatus.Invalid or PublishStatus.PostsFull or PublishStatus.KeyReused:
                throw new InvalidOperationException(result.Error ?? $"The page refuses the update: {result.Status}.");

            default:
                Console.Error.WriteLine($"Trying again: {result.Error ?? "the page is busy."}");
                await Task.Delay(retryDelay, TimeProvider.System);
                break;
        }
    }
}

// Without a reply, the silo of the page is dead or leaving.
async Task<PublishResult> TryPublishAsync(DraftMessage draft)
{
    try
    {
        return (await grain.PublishAsync(draft).WaitAsync(callTimeout, TimeProvider.System)).ToResult();
    }
    catch (Exception exception) when (exception is OrleansException or TimeoutException)
    {
        return PublishResult.Unknown(exception.Message);
    }
}
