namespace LiveStreams.Bench.Servers;

/// <summary>
/// Nchan in nginx, in memory, with one worker: its fastest set-up on two cores, one of which the load generator needs.
/// </summary>
internal sealed class NchanServer : Server
{
    private const string Packages = "nginx libnginx-mod-nchan";
    private const string Module = "/usr/lib/nginx/modules/ngx_nchan_module.so";

    /// <summary>Connections of the worker: the streams of the largest scenario, and some for publishers.</summary>
    private const int WorkerConnections = 19_900;

    private readonly ServerFolder _folder;
    private readonly ServerProcess _process;

    private NchanServer(ServerFolder folder, ServerProcess process) => (_folder, _process) = (folder, process);

    public override int Port => _process.Port;

    /// <summary>The workers: the master process only waits for them.</summary>
    protected override IEnumerable<int> ProcessIds => ProcessStatistics.ChildIds(_process.Id);

    public static async Task<Server> StartAsync(CancellationToken cancellationToken)
    {
        var nginx = ProgramPaths.FindInstalled("nginx", Packages);
        if (!File.Exists(Module))
        {
            throw ProgramPaths.NotInstalled("Nchan", Packages);
        }

        var folder = new ServerFolder();
        try
        {
            var port = ServerProcess.FindFreePort();
            var path = Path.Combine(folder.FullName, "nginx.conf");
            await File.WriteAllTextAsync(path, Configuration(folder.FullName, port), cancellationToken);
            string[] arguments = ["-p", folder.FullName, "-e", Path.Combine(folder.FullName, "error.log"), "-c", path];
            return new NchanServer(folder, await ServerProcess.StartAsync(nginx, arguments, port, cancellationToken));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public override string SubscribePath(int page) => $"/sub/p{page}";

    public override string PublishPath(int page) => $"/pub/p{page}";

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Configuration(string folder, int port) => $$"""
        load_module {{Module}};
        daemon off; pid {{folder}}/nginx.pid; error_log {{folder}}/error.log;
        worker_processes 1; worker_rlimit_nofile {{WorkerConnections + 100}};
        events { worker_connections {{WorkerConnections}}; }
        http {
          access_log off; keepalive_requests 100000000; keepalive_timeout 3600s; nchan_shared_memory_size 512M;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          server {
            listen 127.0.0.1:{{port}} backlog=65535;
            location ~ /sub/(\w+)$ {
              nchan_subscriber eventsource; nchan_channel_id $1; nchan_subscriber_first_message newest;
            }
            location ~ /pub/(\w+)$ {
              nchan_publisher; nchan_channel_id $1; nchan_message_buffer_length 100; nchan_message_timeout 1h;
            }
          }
        }
        """;
}
