using Billing.Contracts;
using JasperFx.CodeGeneration;
using JasperFx.CodeGeneration.Frames;
using JasperFx.CodeGeneration.Model;
using Wolverine.Configuration;
using Wolverine.Http;
using Wolverine.Middleware;
using Wolverine.Runtime;

namespace Billing.Service.Hosting.Refusals;

/// <summary>
/// A <c>Validate</c> method that returns a <see cref="Refusal"/> stops its handler: an HTTP caller gets ProblemDetails with
/// status 422, <c>InvokeAsync&lt;CommandResult&gt;</c> gets the refusal as a value, a queued command goes to the dead letters.
/// </summary>
/// <remarks>
/// How a capability writes a command (one file, public types, the class named …Handler):
/// <code>
/// public sealed record AssignNumber(string Contract, PhoneNumber Number) : IContractMessage
/// {
///     [JsonIgnore] public string Stream =&gt; $"contract-{Contract}";      // the stream's key is a member of the command
/// }
///
/// public static class AssignNumberHandler
/// {
///     public static Refusal? Validate(AssignNumber command, ContractState? contract) =&gt;
///         contract is null ? new("R90", $"There is no contract {command.Contract}.") : null;
///
///     [WolverinePost("/api/v1/contracts/{contract}/numbers")]                // leave out if there is no such endpoint
///     public static (CommandResult, Events, OutgoingMessages) Handle(
///         AssignNumber command, [WriteAggregate(nameof(AssignNumber.Stream), Required = false)] ContractState? contract) =&gt;
///         (CommandResult.Done(command.Contract), [new NumberAssigned(…)], []);
/// }
/// </code>
/// The first member of the tuple is the answer, Events are appended to the stream, OutgoingMessages leave with the same
/// commit. <c>Required = false</c> lets Validate refuse what is missing; otherwise the handler silently does nothing.
/// A command has no member named Version: it would be taken for the stream's expected version.
/// </remarks>
public sealed class RefusalContinuation : IContinuationStrategy
{
    public bool TryFindContinuationHandler(IChain chain, MethodCall call, out Frame? frame)
    {
        var refusal = call.Creates.FirstOrDefault(x => x.VariableType == typeof(Refusal));
        frame = refusal is null ? null
            : chain is HttpChain ? new HttpFrame(refusal)
            : new MessageFrame(refusal);
        return frame is not null;
    }

    /// <summary>Called by generated code.</summary>
    public static Task WriteProblem(HttpContext http, Refusal refusal) => Problems.Of(refusal).ExecuteAsync(http);

    /// <summary>Called by generated code.</summary>
    public static Task Answer(MessageContext context, Refusal refusal) =>
        string.IsNullOrEmpty(context.Envelope?.ReplyRequested)
            ? throw new RefusedException(refusal)
            : context.EnqueueCascadingAsync(CommandResult.Refused(refusal));

    private abstract class RefusalFrame(Variable refusal, Type contextType, string method) : AsyncFrame
    {
        private Variable? _context;

        public override IEnumerable<Variable> FindVariables(IMethodVariables chain)
        {
            yield return refusal;
            _context = chain.FindVariable(contextType);
            yield return _context;
        }

        public override void GenerateCode(GeneratedMethod method1, ISourceWriter writer)
        {
            writer.Write($"BLOCK:if ({refusal.Usage} != null)");
            writer.Write($"await {typeof(RefusalContinuation).FullName}.{method}({_context!.Usage}, {refusal.Usage}).ConfigureAwait(false);");
            writer.Write("return;");
            writer.FinishBlock();
            Next?.GenerateCode(method1, writer);
        }
    }

    private sealed class HttpFrame(Variable refusal) : RefusalFrame(refusal, typeof(HttpContext), nameof(WriteProblem));

    private sealed class MessageFrame(Variable refusal) : RefusalFrame(refusal, typeof(MessageContext), nameof(Answer));
}
