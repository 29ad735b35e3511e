namespace Billing.Service.Access;

/// <summary>What callers are told who are not let in: how to be known, or which roles may. Who is not known is told nothing of roles.</summary>
internal static class AccessProblems
{
    public static void Tell(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Detail ??= problem.Status switch
        {
            StatusCodes.Status401Unauthorized => $"Nobody is signed in: send a key that is good as Authorization: Bearer KEY, or sign in at {StationSessions.SignInPath}.",
            StatusCodes.Status403Forbidden when context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<ForRolesAttribute>() is { Roles: { } roles } =>
                roles is [var role] ? $"The role {role} is needed." : $"One of the roles {string.Join(", ", roles)} is needed.",
            _ => null,
        };
    }
}
