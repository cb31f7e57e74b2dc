// Publishes each line of its standard input to a page, through the page's grain, and prints the id of each update.
using System.Text;
using LiveStreams.Core;
using LiveStreams.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// A grain answers within 1.5 s. Without an answer after 3 s its silo is probably dead.
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

// Sends the update until it is answered. It may be published without an answer, so each attempt has the same key.
async Task<UpdateId> PublishAsync(DraftMessage draft)
{
    while (true)
    {
        try
        {
            var reply = await grain.PublishAsync(draft).WaitAsync(callTimeout, TimeProvider.System);
            return reply.ToPublished(page).Id;
        }
        catch (Exception error) when (IsTransient(error))
        {
            Console.Error.WriteLine($"Trying again: {error.Message}");
            await Task.Delay(retryDelay, TimeProvider.System);
        }
    }
}

// The page replied that the store is away or that it is busy, or there is no reply: its silo is dead or leaving.
static bool IsTransient(Exception error) =>
    error is StoreUnavailableException or PageBusyException or OrleansException or TimeoutException;
