using Billing.Service.Access;

namespace Billing.Service.Tests.Access;

/// <summary>
/// Who may call what: the one declared table. An endpoint that is not in it fails the matrix, and so does a line without an endpoint.
/// </summary>
internal static class ExpectedAccess
{
    /// <summary>Whoever comes, signed in or not.</summary>
    public static readonly string[] Anybody = ["*"];

    private static readonly string[] Everybody = [.. Roles.All];
    private static readonly string[] Staff = [Roles.Finance, Roles.Dispute, Roles.Auditor];
    private static readonly string[] Readers = [.. Staff, Roles.CustomerAdmin, Roles.CustomerViewer];
    private static readonly string[] Tellers = [Roles.Operator, Roles.Finance, Roles.Pipeline, Roles.CustomerAdmin];
    private static readonly string[] Keepers = [Roles.Operator, Roles.CustomerAdmin];

    private static readonly IEnumerable<(string Page, string[] Who)> Pages =
    [
        ("/station", Everybody),
        ("/station/sign-in", Anybody),
        ("/station/not-found", Anybody),
        ("/station/usage", Readers),
        ("/station/calls", Readers),
        ("/station/call", Readers),
        ("/station/invoices", Readers),
        ("/station/invoices/{Number}", Readers),
        ("/station/invoices/{Number}/lines/{Line:int}", Readers),
        ("/station/invoices/{Number}/credit", [Roles.Finance]),
        ("/station/credit-notes/{Number}", Readers),
        ("/station/disputes", Readers),
        ("/station/disputes/{Id}", Readers),
        ("/station/disputes/new", [Roles.CustomerAdmin, Roles.Dispute]),
        ("/station/downloads", [Roles.CustomerAdmin, Roles.CustomerViewer]),
        ("/station/alerts", [Roles.CustomerAdmin]),
        ("/station/months", [Roles.Finance, Roles.Auditor]),
        ("/station/months/{MonthText}", [Roles.Finance, Roles.Auditor]),
        ("/station/tariff", [Roles.Finance, Roles.Auditor]),
        ("/station/suspense", Staff),
        ("/station/replay", Staff),
        ("/station/contracts", Staff),
        ("/station/contracts/{Id}", Staff),
        ("/station/jobs/{Id}", Staff),
        ("/station/audit", [Roles.Auditor]),
        ("/station/audit/reveals", [Roles.Auditor]),
        ("/station/audit/evidence", [Roles.Auditor]),
        ("/station/accounts", [Roles.Operator]),
        ("/station/accounts/{Name}", [Roles.Operator]),
        ("/station/keys", [Roles.Operator]),
        ("/station/keys/{Key}", [Roles.Operator]),
    ];

    private static readonly Dictionary<string, string[]> Endpoints = new()
    {
        ["GET /"] = Anybody,
        ["* /health/live"] = Anybody,
        ["* /health/ready"] = Anybody,
        // from this machine, as in the test; from elsewhere an operator's key, see TelemetryTests
        ["* /metrics"] = Anybody,
        ["POST /station/session"] = Anybody,
        ["POST /station/session/second-factor"] = Anybody,
        ["POST /station/session/end"] = Everybody,
        ["GET /_framework/opaque-redirect"] = [],
        ["GET /station/language"] = Anybody,
        ["GET /station/assets/{name}"] = Anybody,
        ["GET /station/invoices/{number}/pdf"] = Readers,
        ["GET /station/invoices/{number}/csv"] = Readers,
        ["GET /station/credit-notes/{number}/pdf"] = Readers,

        ["GET /api/v1/session"] = Everybody,
        ["PUT /api/v1/session/password"] = Everybody,
        ["POST /api/v1/session/second-factor"] = Everybody,
        ["POST /api/v1/session/second-factor/confirmation"] = Everybody,
        ["POST /api/v1/session/second-factor/removal"] = Everybody,
        ["GET /api/v1/accounts"] = Keepers,
        ["GET /api/v1/accounts/{name}"] = Keepers,
        ["POST /api/v1/accounts"] = Keepers,
        ["PUT /api/v1/accounts/{name}/roles"] = Keepers,
        ["PUT /api/v1/accounts/{name}/password"] = Keepers,
        ["POST /api/v1/accounts/{name}/lock"] = Keepers,
        ["POST /api/v1/accounts/{name}/unlock"] = Keepers,
        ["DELETE /api/v1/accounts/{name}/second-factor"] = Keepers,
        ["GET /api/v1/keys"] = [Roles.Operator],
        ["POST /api/v1/keys"] = [Roles.Operator],
        ["POST /api/v1/keys/{key}/rotation"] = [Roles.Operator],
        ["POST /api/v1/keys/{key}/revocation"] = [Roles.Operator],
        ["GET /api/v1/audit/access"] = [Roles.Auditor],
        ["GET /api/v1/audit/reveals"] = [Roles.Auditor],
        ["POST /api/v1/calls/{source}/{recordId}/reveal"] = [Roles.Dispute, Roles.Finance, Roles.CustomerAdmin],

        ["POST /api/v1/cdr-batches"] = [Roles.Pipeline],
        ["GET /api/v1/contracts/{id}/usage"] = Readers,
        ["GET /api/v1/invoices"] = Readers,
        ["GET /api/v1/invoices/{number}"] = Readers,
        ["GET /api/v1/invoices/{number}/credits"] = Readers,
        ["GET /api/v1/credit-notes/{number}"] = Readers,
        ["POST /api/v1/invoices/{number}/credits"] = [Roles.Finance],
        ["GET /api/v1/invoices/{number}/lines/{line}/explanation"] = Readers,
        ["GET /api/v1/calls/{source}/{recordId}/explanation"] = Readers,
        ["GET /api/v1/invoices/{number}/replay"] = Staff,
        ["POST /api/v1/replays"] = Staff,
        ["POST /api/v1/comparisons"] = [Roles.Finance, Roles.Dispute],
        ["POST /api/v1/calls/corrections"] = [Roles.Finance],
        ["POST /api/v1/usage/reratings"] = [Roles.Finance],
        ["POST /api/v1/deliveries/{file}/rollback"] = [Roles.Finance],
        ["GET /api/v1/verification"] = [Roles.Auditor],
        ["GET /api/v1/disputes"] = Readers,
        ["GET /api/v1/disputes/{id}"] = Readers,
        ["GET /api/v1/disputes/{id}/file"] = Staff,
        ["POST /api/v1/disputes"] = [Roles.Finance, Roles.Dispute, Roles.CustomerAdmin],
        ["POST /api/v1/disputes/{id}/evidence"] = [Roles.Finance, Roles.Dispute],
        ["POST /api/v1/disputes/{id}/replays"] = [Roles.Finance, Roles.Dispute],
        ["POST /api/v1/disputes/{id}/comparisons"] = [Roles.Finance, Roles.Dispute],
        ["POST /api/v1/disputes/{id}/resolution"] = [Roles.Finance],
        ["POST /api/v1/disputes/{id}/withdrawal"] = [Roles.Finance, Roles.Dispute],

        ["GET /api/openapi.json"] = Anybody,
        ["GET /api/reference/{documentName?}"] = Anybody,
        ["GET /api/reference/favicon.svg"] = Anybody,
        ["GET /api/reference/scalar.js"] = Anybody,
        ["GET /api/reference/scalar.aspnetcore.js"] = Anybody,
        ["GET /api/v1/cdr-batches/{id}"] = [Roles.Pipeline, Roles.Finance, Roles.Auditor],
        ["GET /api/v1/cdr-batches/{id}/rejects.csv"] = [Roles.Pipeline, Roles.Finance, Roles.Auditor],
        ["GET /api/v1/deliveries"] = [.. Staff, Roles.Pipeline],
        ["GET /api/v1/deliveries/{file}"] = [.. Staff, Roles.Pipeline],
        ["GET /api/v1/deliveries/{file}/rejects"] = [Roles.Pipeline, Roles.Finance, Roles.Auditor],
        ["GET /api/v1/deliveries/{file}/rejects.csv"] = [Roles.Pipeline, Roles.Finance, Roles.Auditor],
        ["GET /api/v1/suspense"] = [.. Staff, Roles.Pipeline],
        ["GET /api/v1/suspense/summary"] = [.. Staff, Roles.Pipeline],
        ["GET /api/v1/suspense/{id}"] = [.. Staff, Roles.Pipeline],
        ["POST /api/v1/suspense/releases"] = [Roles.Pipeline, Roles.Finance],
        ["GET /api/v1/reconciliation"] = [Roles.Finance, Roles.Auditor, Roles.Pipeline],
        ["GET /api/v1/contracts"] = [.. Readers, Roles.Pipeline],
        ["GET /api/v1/contracts/{id}"] = [.. Readers, Roles.Pipeline],
        ["GET /api/v1/contracts/{id}/changes"] = Staff,
        ["PUT /api/v1/contracts/{id}"] = [Roles.Finance],
        ["POST /api/v1/contracts/imports"] = [Roles.Finance],
        ["GET /api/v1/contracts/{id}/deposits"] = [Roles.Finance, Roles.Auditor],
        ["POST /api/v1/contracts/{id}/deposits"] = [Roles.Finance],
        ["GET /api/v1/contracts/{id}/calls"] = Readers,
        ["GET /api/v1/contracts/{id}/calls.csv"] = Readers,
        ["GET /api/v1/invoices.csv"] = Readers,
        ["GET /api/v1/credit-notes"] = Readers,
        ["GET /api/v1/tariffs"] = [.. Staff, Roles.Pipeline],
        ["GET /api/v1/tariffs/{id}"] = [.. Staff, Roles.Pipeline],
        ["GET /api/v1/tariffs/{id}/versions/{version}"] = [.. Staff, Roles.Pipeline],
        ["GET /api/v1/tariffs/{id}/changes"] = Staff,
        ["POST /api/v1/tariffs/{id}/reviews"] = [Roles.Finance, Roles.Auditor],
        ["PUT /api/v1/tariffs/{id}"] = [Roles.Finance],
        ["DELETE /api/v1/tariffs/{id}/versions/{version}"] = [Roles.Finance],
        ["GET /api/v1/reference"] = [.. Staff, Roles.Pipeline],
        ["GET /api/v1/reference/changes"] = Staff,
        ["PUT /api/v1/reference"] = [Roles.Finance],
        ["GET /api/v1/events/stream"] = [.. Tellers, Roles.Auditor],
        ["POST /api/v1/webhooks"] = Tellers,
        ["GET /api/v1/webhooks"] = [.. Tellers, Roles.Auditor],
        ["GET /api/v1/webhooks/{id}"] = [.. Tellers, Roles.Auditor],
        ["DELETE /api/v1/webhooks/{id}"] = Tellers,
        ["POST /api/v1/webhooks/{id}/secret"] = Tellers,
        ["GET /api/v1/webhooks/{id}/deliveries"] = [.. Tellers, Roles.Auditor],
        ["POST /api/v1/webhook-deliveries/{id}/redelivery"] = Tellers,
    };

    /// <summary>A page is opened, and its forms are sent to the same address.</summary>
    public static IReadOnlyDictionary<string, string[]> Table { get; } = new Dictionary<string, string[]>(
        Endpoints.Concat(Pages.SelectMany(page => new[] { "GET ", "POST " }.Select(method => KeyValuePair.Create(method + page.Page, page.Who)))));
}
