namespace Billing.Service.Hosting;

/// <summary>A message about one contract: those of a contract are handled in order, one at a time per process.</summary>
public interface IContractMessage
{
    /// <summary>The contract's id.</summary>
    string Contract { get; }
}
