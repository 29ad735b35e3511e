using Billing.Service.Usage;

namespace Billing.Service.Api.Paging;

/// <summary>A place in a list of calls, as clients and pages pass it on.</summary>
internal static class CallCursor
{
    public static string Write(CallPlace place) => Cursor.Write(Keys.Of(place.AnsweredAt), $"{place.Id:N}");

    /// <summary>The place behind which the list goes on; null when the text is no cursor of a list of calls.</summary>
    public static CallPlace? Read(string? text) =>
        text is not null && Cursor.Read(text, 2) is [var at, var id] && Keys.Instant(at) is { } answered && Keys.Guid(id) is { } call ? new CallPlace(answered, call) : null;
}
