namespace LiveStreams.Core;

/// <summary>Hears a page's announcements, one at a time. It must return at once and not throw: the bus has one thread for all pages.</summary>
public interface IPageListener
{
    void OnUpdate(Update update);

    /// <summary>Announcements may have been lost. What is announced from now on is heard again.</summary>
    void OnInterrupted();
}
