using Billing.Contracts.Documents;

namespace Billing.Contracts.Events;

/// <summary>A file began to be taken in: on <c>delivery-{sha256}</c>; again when it is sent again after it was cut short.</summary>
public sealed record FileReceived(long Delivery, string File, string Sha256, int Attempt);

/// <summary>Every row of the file is accounted for.</summary>
public sealed record FileCompleted(long Delivery, ReceiptDocument Receipt);
