using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Access;

/// <summary>Lets somebody sign in. The password was checked and hashed before, see <see cref="Passwords"/>.</summary>
public sealed record CreateAccount(
    string Name, string PasswordHash, IReadOnlyList<string> Roles, IReadOnlyList<string> Contracts, IReadOnlyList<string> Departments, string By, Instant At)
{
    [JsonIgnore]
    public string Stream => Account.StreamOf(Name);
}

public static class CreateAccountHandler
{
    public static Refusal? Validate(CreateAccount command, Account? account) =>
        AccessRules.RefuseName(command.Name)
        ?? StoredText.Refuse(command)
        ?? AccessRules.RefuseScope(command.Roles, command.Contracts, command.Departments)
        ?? (account is null ? null : AccessRules.Refused($"there is an account {command.Name} already"));

    public static (CommandResult Result, Events Events) Handle(
        CreateAccount command, [WriteAggregate(nameof(CreateAccount.Stream), Required = false)] Account? account) =>
        (CommandResult.Done(command.Name),
            [new AccountCreated(command.Name, command.PasswordHash, command.Roles, command.Contracts, command.Departments, command.By, command.At)]);
}
