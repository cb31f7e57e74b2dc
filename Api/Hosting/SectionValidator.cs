using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Hosting;

/// <summary>Refuses settings that do not exist and values out of range, each with a sentence that names the setting.</summary>
internal sealed class SectionValidator<T>(IConfigurationSection section) : IValidateOptions<T> where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        var errors = new List<string>();
        var known = typeof(T).GetProperties().Select(property => property.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren().Where(child => !known.Contains(child.Key)))
        {
            errors.Add($"{child.Path} is not a setting; {section.Key} has {string.Join(", ", known)}.");
        }

        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (var result in results)
        {
            var setting = string.Join(", ", result.MemberNames.Select(member => $"{section.Key}:{member}").DefaultIfEmpty(section.Key));
            errors.Add($"{setting}: {result.ErrorMessage}");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
