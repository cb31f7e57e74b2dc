namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>The server has done what no input may make it do.</summary>
internal sealed class FuzzException(string message) : Exception(message);
