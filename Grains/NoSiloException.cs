using LiveStreams.Core;

namespace LiveStreams.Grains;

/// <summary>No silo of the cluster responds.</summary>
public sealed class NoSiloException(string clusterId, Exception innerException)
    : StartException(
        $"No silo of the cluster '{clusterId}' answers. Is one running (dotnet run --project Silo), with the same "
        + "Redis:Connection and Orleans:ClusterId?",
        innerException);
