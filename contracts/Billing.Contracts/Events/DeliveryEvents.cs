using Billing.Contracts.Documents;

namespace Billing.Contracts.Events;

/// <summary>A file began to be taken in: on <c>delivery-{sha256}</c>; again when it is sent again after it was cut short.</summary>
public sealed record FileReceived(long Delivery, string File, string Sha256, int Attempt);

/// <summary>Every row of the file is accounted for.</summary>
public sealed record FileCompleted(long Delivery, ReceiptDocument Receipt);

/// <summary>
/// Everything that the file brought in was taken back: its calls and suspended records were voided, each on its stream. The same
/// bytes sent again are a new attempt.
/// </summary>
/// <param name="Deliveries">The attempts at the file.</param>
/// <param name="Calls">Calls that they had recorded.</param>
/// <param name="Suspended">Records that they had suspended, those released since included.</param>
public sealed record DeliveryRolledBack(IReadOnlyList<long> Deliveries, long Calls, long Suspended, CorrectionGrounds Grounds);
