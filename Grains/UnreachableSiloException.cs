using LiveStreams.Core;

namespace LiveStreams.Grains;

/// <summary>A silo cannot join, because silos that are alive do not answer it.</summary>
public sealed class UnreachableSiloException(Exception innerException)
    : StartException(
        "Other silos of the cluster do not answer. Every silo must reach the Orleans:SiloPort of every other one: "
        + $"check firewalls and Orleans:Address. {innerException.Message}",
        innerException);
