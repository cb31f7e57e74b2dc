using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LiveStreams.Hosting;

/// <summary>
/// Refuses names that are not settings and values that are not allowed, each with a sentence that names the setting.
/// </summary>
internal sealed class SectionValidator<T>(IConfigurationSection section) : IValidateOptions<T> where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        List<string> errors = [.. FindErrors(section, typeof(T)), .. FindErrors(options)];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    // What the binder ignores: names that are not settings, and the whole entry of a list if one of its values cannot
    // be converted.
    private static IEnumerable<string> FindErrors(IConfigurationSection section, Type type)
    {
        if (IsValue(type))
        {
            return section.GetChildren()
                .Select(child => $"{child.Path} is not a setting; {section.Path} is a value.")
                .Concat(FindConversionError(section, type));
        }

        if (ElementTypeOf(type) is { } element)
        {
            return section.GetChildren().SelectMany(child => FindErrors(child, element));
        }

        var properties = type.GetProperties().ToDictionary(
            property => property.Name,
            property => property.PropertyType,
            StringComparer.OrdinalIgnoreCase);
        return section.GetChildren().SelectMany(child => properties.TryGetValue(child.Key, out var property)
            ? FindErrors(child, property)
            : [$"{child.Path} is not a setting; {section.Path} has {string.Join(", ", properties.Keys)}."]);
    }

    private static IEnumerable<string> FindConversionError(IConfigurationSection value, Type type)
    {
        try
        {
            value.Get(type);
            return [];
        }
        catch (InvalidOperationException exception)
        {
            return [exception.Message];
        }
    }

    private static bool IsValue(Type type) => TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    private static Type? ElementTypeOf(Type type) => type.GetInterfaces()
        .Append(type)
        .FirstOrDefault(candidate =>
            candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))
        ?.GetGenericArguments()[0];

    // What the options say of their own values.
    private IEnumerable<string> FindErrors(T options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(result =>
        {
            var settings = result.MemberNames.Select(member => $"{section.Path}:{member}").DefaultIfEmpty(section.Path);
            return $"{string.Join(", ", settings)}: {result.ErrorMessage}";
        });
    }
}
