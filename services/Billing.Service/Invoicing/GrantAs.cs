namespace Billing.Service.Invoicing;

/// <summary>How money is given back: by a document of its own, or on the contract's next invoice. Never both.</summary>
public enum GrantAs
{
    /// <summary>A credit note (適格返還請求書).</summary>
    CreditNote,

    /// <summary>Lines of section <c>adjustment</c> on the next invoice.</summary>
    Adjustment,
}

/// <summary>The words for it.</summary>
public static class GrantWords
{
    public const string CreditNote = "credit-note";
    public const string Adjustment = "adjustment";

    public static GrantAs? Of(string? word) => word switch
    {
        CreditNote => GrantAs.CreditNote,
        Adjustment => GrantAs.Adjustment,
        _ => null,
    };
}
