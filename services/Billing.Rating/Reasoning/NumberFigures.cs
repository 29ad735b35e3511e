using Billing.Contracts.Documents;

namespace Billing.Rating.Reasoning;

/// <summary>The called number after normalisation, with all its prefixes. A secret of communications, as every called number.</summary>
public sealed record NormalisedFigures(string Number) : Figures;

/// <summary>184 or 186 was taken off: it decides what the called party sees, not the price.</summary>
public sealed record CallerIdPrefixFigures(string Prefix, bool AfterCarrierPrefix) : Figures;

/// <summary>A carrier selection prefix was taken off (R53).</summary>
/// <param name="International">True when what follows is an international number, before which 010 was put.</param>
public sealed record CarrierPrefixFigures(string Prefix, bool International) : Figures;

/// <summary>An international number of Japan, read as a domestic one.</summary>
public sealed record JapanFigures(string Number) : Figures;

/// <summary>The block that holds the called number on the day of the call; none when the carrier is absent.</summary>
/// <param name="Digits">The digits by which blocks are looked up: <c>050-1000</c>, <c>0120-123</c>.</param>
public sealed record BlockFigures(string Digits, string? First, string? Last, string? Carrier, Validity? Validity) : Figures;

/// <summary>The look-up for ported numbers names the carrier, so no block is asked.</summary>
/// <param name="IsKnown">False when the reference does not know that carrier.</param>
public sealed record PortedFigures(string Carrier, bool IsKnown) : Figures;

/// <summary>How a carrier's 050 numbers stand to ours on the day of the call; no validity when the reference has no entry.</summary>
public sealed record RelationFigures(string Carrier, CarrierRelation Relation, Validity? Validity) : Figures;

/// <summary>The class of the call.</summary>
/// <param name="Ground">The form or table that decided it: <c>geographic</c>, <c>mobile</c>, <c>mobile-060</c>, <c>international</c>,
/// <c>satellite</c>, <c>service-number</c>, <c>carrier-050</c>, <c>extension</c>.</param>
/// <param name="Destination">The called number after stripping.</param>
public sealed record ClassFigures(string Class, string Ground, string? Carrier, string Destination, string TaxCategory) : Figures;
