using LiveStreams.Core.Tracing;

namespace LiveStreams.Core;

/// <summary>Publishes of a page that get their results together. The first of them has waited longest.</summary>
internal readonly record struct PublishBatch(WaitingPublish[] Publishes)
{
    public int Count => Publishes.Length;

    /// <summary>When the first was queued.</summary>
    public long QueuedAt => Publishes[0].QueuedAt;

    public UpdateDraft[] ReadDrafts() => Array.ConvertAll(Publishes, static publish => publish.Draft);

    /// <summary>Gives each publisher its result.</summary>
    public void Complete(PublishResult[] results)
    {
        for (var i = 0; i < Publishes.Length; i++)
        {
            Publishes[i].SetOutcome(results[i]);
        }

        ThreadPoolSlices.Run(Publishes, static publish => publish.Complete());
    }

    /// <summary>Gives all publishers the same result.</summary>
    public void Complete(PublishResult result)
    {
        foreach (var publish in Publishes)
        {
            publish.SetOutcome(result);
        }

        ThreadPoolSlices.Run(Publishes, static publish => publish.Complete());
    }

    /// <summary>Gives each publisher the exception.</summary>
    public void Fail(Exception exception) =>
        ThreadPoolSlices.Run(Publishes, publish => publish.SetException(exception));

    /// <summary>Records the spans of those that are traced, of an append that has ended now.</summary>
    public void RecordTrace(long appendedAt, TimeProvider time)
    {
        if (UpdateTrace.IsOn)
        {
            foreach (var publish in Publishes)
            {
                publish.RecordTrace(appendedAt, Count, time);
            }
        }
    }
}
