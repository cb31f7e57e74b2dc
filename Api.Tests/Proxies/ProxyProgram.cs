namespace LiveStreams.Api.Tests.Proxies;

/// <summary>A proxy of Debian, and how to run its configuration of <c>deploy/proxies</c> in a folder.</summary>
internal sealed record ProxyProgram(string Path, string Configuration, params string[] Arguments)
{
    public const string Nginx = "nginx";
    public const string HAProxy = "haproxy";
    public const string Caddy = "caddy";

    /// <summary>All of them, for theories.</summary>
    public static readonly TheoryData<string> Names = new(
        new TheoryDataRow<string>(Nginx),
        new TheoryDataRow<string>(HAProxy),
        new TheoryDataRow<string>(Caddy).WithTrait(Tier.Name, Tier.All));

    public static ProxyProgram Find(string name) => name switch
    {
        Nginx => new(
            "/usr/sbin/nginx", "nginx.conf", "-p", ".", "-e", "stderr", "-c", "nginx.conf", "-g", "daemon off;"),
        HAProxy => new("/usr/sbin/haproxy", "haproxy.cfg", "-db", "-f", "haproxy.cfg"),
        Caddy => new("/usr/bin/caddy", "Caddyfile", "run", "--adapter", "caddyfile", "--config", "Caddyfile"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "not a proxy of deploy/proxies"),
    };
}
