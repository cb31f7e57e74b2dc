namespace LiveStreams.Api.Http;

/// <summary>Counts refused requests. Every refusal is passed to it once.</summary>
internal interface IRefusalCounter
{
    void Count(Problem problem);
}
