namespace Billing.Service.Api.Describing;

/// <summary>The body that an endpoint reads itself, for the description of the API.</summary>
/// <param name="body">What it holds; <see cref="Stream"/> for text or bytes that are no JSON.</param>
/// <param name="mediaTypes">The media types it is taken in.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesAttribute(Type body, params string[] mediaTypes) : Attribute
{
    public Type Body { get; } = body;

    /// <summary>JSON when nothing else was said.</summary>
    public IReadOnlyList<string> MediaTypes { get; } = mediaTypes.Length > 0 ? mediaTypes : ["application/json"];

    /// <summary>False: without a body the endpoint does something too.</summary>
    public bool IsRequired { get; init; } = true;
}

/// <summary>A request header that an endpoint reads.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class HeaderAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>A query parameter that an endpoint reads itself, because its name is a word of the language.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryParameterAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The statuses with which an endpoint refuses, beside those of every endpoint; each answers ProblemDetails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RefusesAttribute(params int[] statuses) : Attribute
{
    public IReadOnlyList<int> Statuses { get; } = statuses;
}

/// <summary>The answer is no JSON: a file or a stream of this media type.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnswersTextAttribute(string mediaType) : Attribute
{
    public string MediaType { get; } = mediaType;
}

/// <summary>A response header of the successful answer.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AnswersHeaderAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;
}
