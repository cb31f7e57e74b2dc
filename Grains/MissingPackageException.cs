using LiveStreams.Core;

namespace LiveStreams.Grains;

/// <summary>A setting asks for what was not built, because the package feed lacked a package.</summary>
public sealed class MissingPackageException(string setting, string package) : StartException(
    $"{setting}, but this was built from a package feed without {package} (docs/operations.md, Package feeds).");
