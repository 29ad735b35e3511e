using Billing.Contracts;
using Billing.Service.Knowledge;

namespace Billing.Service.Hosting.Refusals;

/// <summary>Errors as HTTP callers see them: ProblemDetails (RFC 9457).</summary>
public static class Problems
{
    /// <summary>A refusal by a rule: 422 with the rule's number, 412 when the state is not the one that the change was made for.</summary>
    public static IResult Of(Refusal refusal) => Results.Problem(
        detail: refusal.Message,
        statusCode: refusal.Rule == StoredText.VersionRule ? StatusCodes.Status412PreconditionFailed : StatusCodes.Status422UnprocessableEntity,
        title: $"Refused by {refusal.Rule}",
        extensions: new Dictionary<string, object?> { ["rule"] = refusal.Rule });

    /// <summary>Nothing is known under that name: 404.</summary>
    public static IResult NotFound(string detail) => Results.Problem(detail: detail, statusCode: StatusCodes.Status404NotFound);

    /// <summary>The request itself is wrong: 400, naming the parameter.</summary>
    public static IResult BadRequest(string parameter, string detail) => Results.Problem(
        detail: detail,
        statusCode: StatusCodes.Status400BadRequest,
        extensions: new Dictionary<string, object?> { ["parameter"] = parameter });
}
