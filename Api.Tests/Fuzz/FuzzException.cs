namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>The server has done something that no input may cause.</summary>
internal sealed class FuzzException(string message) : Exception(message);
