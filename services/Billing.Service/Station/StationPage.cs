using Billing.Contracts;
using Billing.Rating.Subscriptions;
using Billing.Service.Access;
using Billing.Service.Knowledge;
using Billing.Service.Station.Language;
using Microsoft.AspNetCore.Components;
using NodaTime;
using Npgsql;

namespace Billing.Service.Station;

/// <summary>What every page has at hand: who reads it, in which language, and the data.</summary>
public abstract class StationPage : ComponentBase
{
    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    [Inject]
    protected PageLanguage L { get; set; } = null!;

    [Inject]
    protected NpgsqlDataSource Database { get; set; } = null!;

    [Inject]
    protected KnowledgeCache Knowledge { get; set; } = null!;

    [Inject]
    protected IClock Clock { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    protected Caller Caller => Caller.Of(Http);

    protected CancellationToken Cancel => Http.RequestAborted;

    /// <summary>The date in Tokyo.</summary>
    protected LocalDate Today => PageLanguage.Today(Clock);

    /// <summary>True when the page has nothing to show under this address: it says so with 404.</summary>
    protected bool IsMissing { get; private set; }

    /// <summary>Why the last form was refused; null when it was not.</summary>
    protected Refusal? Refused { get; set; }

    /// <summary>Reads what the page shows, before it is rendered at all: no part of it has to think of data that is not there yet.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>
    /// The page does not exist for this reader, whether somebody else may see it or nobody. The status is set when the page leaves: one that
    /// is 404 while it is rendered is thrown away by the framework, with nothing in its place.
    /// </summary>
    protected void Missing()
    {
        IsMissing = true;
        Http.Response.OnStarting(() =>
        {
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    /// <summary>Keeps why a form is refused, for the page to say, which then is answered with 422; false when nothing is.</summary>
    protected bool Refuse(Refusal? refusal)
    {
        Refused = refusal;
        if (refusal is not null)
        {
            Http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }

        return refusal is not null;
    }

    /// <summary>The contracts that the reader may open, by id.</summary>
    protected async Task<IReadOnlyList<Contract>> ContractsAsync()
    {
        var book = (await Knowledge.CurrentAsync(Cancel)).Contracts;
        return Caller.Contracts is { } mine
            ? [.. mine.Select(book.Find).OfType<Contract>().OrderBy(contract => contract.Id, CodePointOrder.Instance)]
            : book.Contracts;
    }

    /// <summary>The contract of that id if the reader may see it, or null.</summary>
    protected async Task<Contract?> ContractAsync(string? id) =>
        id is not null && Caller.MaySee(id) ? (await Knowledge.CurrentAsync(Cancel)).Contracts.Find(id) : null;
}
