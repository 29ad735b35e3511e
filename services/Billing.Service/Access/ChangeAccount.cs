using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Access;

/// <summary>A change of an account that is there.</summary>
public interface IAccountChange
{
    string Name { get; }
}

/// <summary>Gives an account another password, checked and hashed before.</summary>
public sealed record ChangePassword(string Name, string PasswordHash, string By, Instant At) : IAccountChange
{
    [JsonIgnore]
    public string Stream => Account.StreamOf(Name);
}

/// <summary>Lets an account do and see other things than before.</summary>
public sealed record ChangeRoles(string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Contracts, IReadOnlyList<string> Departments, string By, Instant At) : IAccountChange
{
    [JsonIgnore]
    public string Stream => Account.StreamOf(Name);
}

/// <summary>Locks an account until it is unlocked, and ends its sessions.</summary>
public sealed record LockAccount(string Name, string Reason, string By, Instant At) : IAccountChange
{
    [JsonIgnore]
    public string Stream => Account.StreamOf(Name);
}

/// <summary>Opens a locked account: an operator whatever locked it, others what rests by itself and what they locked themselves.</summary>
public sealed record UnlockAccount(string Name, string By, bool IsOperator, Instant At) : IAccountChange
{
    [JsonIgnore]
    public string Stream => Account.StreamOf(Name);
}

/// <summary>Asks for a second factor from now on; its code was checked before.</summary>
public sealed record EnrolSecondFactor(string Name, string ProtectedSecret, IReadOnlyList<string> RecoveryHashes, string By, Instant At) : IAccountChange
{
    [JsonIgnore]
    public string Stream => Account.StreamOf(Name);
}

/// <summary>Lets the password be enough again, for who has lost the device and the recovery codes.</summary>
public sealed record RemoveSecondFactor(string Name, string By, Instant At) : IAccountChange
{
    [JsonIgnore]
    public string Stream => Account.StreamOf(Name);
}

public static class ChangePasswordHandler
{
    public static Refusal? Validate(ChangePassword command, Account? account) => AccountChanges.Refuse(command, account);

    public static (CommandResult Result, Events Events) Handle(
        ChangePassword command, [WriteAggregate(nameof(ChangePassword.Stream), Required = false)] Account? account) =>
        (CommandResult.Done(command.Name), [new PasswordChanged(command.PasswordHash, command.By, command.At)]);
}

public static class ChangeRolesHandler
{
    public static Refusal? Validate(ChangeRoles command, Account? account) =>
        AccountChanges.Refuse(command, account) ?? AccessRules.RefuseScope(command.Roles, command.Contracts, command.Departments);

    public static (CommandResult Result, Events Events) Handle(
        ChangeRoles command, [WriteAggregate(nameof(ChangeRoles.Stream), Required = false)] Account? account) =>
        (CommandResult.Done(command.Name), [new RolesChanged(command.Roles, command.Contracts, command.Departments, command.By, command.At)]);
}

public static class LockAccountHandler
{
    public static Refusal? Validate(LockAccount command, Account? account) =>
        AccountChanges.Refuse(command, account)
        ?? (string.IsNullOrWhiteSpace(command.Reason) ? AccessRules.Refused("why it is locked is to be said") : null);

    public static (CommandResult Result, Events Events) Handle(
        LockAccount command, [WriteAggregate(nameof(LockAccount.Stream), Required = false)] Account? account) =>
        (CommandResult.Done(command.Name), [new AccountLocked(command.Reason, null, command.By, command.At)]);
}

public static class UnlockAccountHandler
{
    public static Refusal? Validate(UnlockAccount command, Account? account) =>
        AccountChanges.Refuse(command, account)
        ?? (account!.IsLocked && !command.IsOperator && account.LockedBy != command.By ? AccessRules.Refused("somebody else locked the account; an operator opens it") : null);

    public static (CommandResult Result, Events Events) Handle(
        UnlockAccount command, [WriteAggregate(nameof(UnlockAccount.Stream), Required = false)] Account? account) =>
        (CommandResult.Done(command.Name), [new AccountUnlocked(command.By, command.At)]);
}

public static class EnrolSecondFactorHandler
{
    public static Refusal? Validate(EnrolSecondFactor command, Account? account) =>
        AccountChanges.Refuse(command, account)
        ?? (account!.HasSecondFactor ? AccessRules.Refused("the account has a second factor; it is to be removed first") : null);

    public static (CommandResult Result, Events Events) Handle(
        EnrolSecondFactor command, [WriteAggregate(nameof(EnrolSecondFactor.Stream), Required = false)] Account? account) =>
        (CommandResult.Done(command.Name), [new SecondFactorEnrolled(command.ProtectedSecret, command.RecoveryHashes, command.By, command.At)]);
}

public static class RemoveSecondFactorHandler
{
    public static Refusal? Validate(RemoveSecondFactor command, Account? account) =>
        AccountChanges.Refuse(command, account)
        ?? (account!.HasSecondFactor ? null : AccessRules.Refused("the account has no second factor"));

    public static (CommandResult Result, Events Events) Handle(
        RemoveSecondFactor command, [WriteAggregate(nameof(RemoveSecondFactor.Stream), Required = false)] Account? account) =>
        (CommandResult.Done(command.Name), [new SecondFactorRemoved(command.By, command.At)]);
}

internal static class AccountChanges
{
    /// <summary>There is such an account, and the command can be kept.</summary>
    public static Refusal? Refuse<T>(T command, Account? account)
        where T : IAccountChange =>
        account is null ? AccessRules.Refused($"there is no account {command.Name}") : StoredText.Refuse(command);
}
