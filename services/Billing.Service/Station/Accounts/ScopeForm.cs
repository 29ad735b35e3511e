namespace Billing.Service.Station.Accounts;

/// <summary>What somebody may do and see, as a form has it.</summary>
public class ScopeForm
{
    public IReadOnlyList<string>? Roles { get; set; }

    public string? Contracts { get; set; }

    public string? Departments { get; set; }

    /// <summary>The words of a field, separated by commas or lines.</summary>
    internal static IReadOnlyList<string> Words(string? text) =>
        [.. (text ?? "").Split([',', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}
