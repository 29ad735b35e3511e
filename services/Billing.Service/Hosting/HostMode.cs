namespace Billing.Service.Hosting;

/// <summary>How much of the host is built.</summary>
public enum HostMode
{
    /// <summary>Everything: HTTP, queues, projections, the scheduled month close.</summary>
    Serve,

    /// <summary>For one command: handlers can be invoked, nothing is listened to, projections stay with the server.</summary>
    OneShot,

    /// <summary>For the commands of the framework and the schema: built, never started.</summary>
    Framework,
}
