using Billing.Contracts;
using Billing.Service.Knowledge;

namespace Billing.Service.Access;

/// <summary>What holds for every account and key.</summary>
internal static class AccessRules
{
    public const string Rule = "access";

    /// <summary>The shortest password.</summary>
    public const int ShortestPassword = 12;

    /// <summary>The longest password; a longer one only costs time.</summary>
    public const int LongestPassword = 200;

    /// <summary>A name becomes part of a stream's and of addresses.</summary>
    public static Refusal? RefuseName(string name) =>
        name.Length is 0 or > 60 || name[0] is '.' or '-' || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_' or '@')
            ? new Refusal(Rule, "an account's name is 1 to 60 lower-case letters, digits, '.', '-', '_' or '@', and begins with a letter or digit")
            : null;

    /// <summary>
    /// Roles are known ones; those of a customer stand alone and with contracts; departments are a viewer's.
    /// </summary>
    public static Refusal? RefuseScope(IReadOnlyList<string> roles, IReadOnlyList<string> contracts, IReadOnlyList<string> departments) =>
        roles.Count == 0 ? Refused($"at least one role is needed: {string.Join(", ", Roles.All)}")
        : roles.Any(role => !Roles.All.Contains(role)) ? Refused($"there is no role {roles.First(role => !Roles.All.Contains(role))}: {string.Join(", ", Roles.All)}")
        : RefuseMixture(roles, departments) is { } mixture ? mixture
        : roles.Any(Roles.IsCustomer) && contracts.Count == 0 ? Alone()
        : contracts.Concat(departments).Any(text => text is null || text.Length is 0 or > StoredText.LongestId || text.Any(char.IsControl)) ? Refused("a contract or department is not one")
        : null;

    /// <summary>Mixed with others a customer's role could widen them, or they it; departments would not hold for an administrator.</summary>
    public static Refusal? RefuseMixture(IReadOnlyList<string> roles, IReadOnlyList<string> departments) =>
        roles.Any(Roles.IsCustomer) && roles.Count > 1 ? Alone()
        : departments.Count > 0 && !roles.Contains(Roles.CustomerViewer) ? Refused($"departments restrict a {Roles.CustomerViewer}")
        : null;

    /// <summary>Long enough, of more than a few characters, and not made of the account's name.</summary>
    public static Refusal? RefusePassword(string name, string password) =>
        password.Length is < ShortestPassword or > LongestPassword ? Refused($"a password has {ShortestPassword} to {LongestPassword} characters")
        : password.Distinct().Count() < 6 ? Refused("a password has at least 6 different characters")
        : name.Length > 3 && password.Contains(name, StringComparison.OrdinalIgnoreCase) ? Refused("a password does not contain the account's name")
        : Common.Any(word => password.Contains(word, StringComparison.OrdinalIgnoreCase)) && password.Length < 16 ? Refused("that password is among the first that are tried")
        : null;

    public static Refusal Refused(string message) => new(Rule, message);

    private static Refusal Alone() => Refused("a customer's role stands alone and needs the contracts that may be seen");

    private static IReadOnlyList<string> Common { get; } = ["password", "123456", "qwerty", "letmein", "welcome", "iloveyou", "abcdef", "billing", "passw0rd"];
}
