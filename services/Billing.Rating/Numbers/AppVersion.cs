namespace Billing.Rating.Numbers;

/// <summary>Versions of the app as dotted digits (R39).</summary>
internal static class AppVersion
{
    /// <summary>Compares dotted versions number by number; missing parts are 0.</summary>
    public static bool IsBelow(ReadOnlySpan<byte> version, params ReadOnlySpan<int> threshold)
    {
        foreach (var wanted in threshold)
        {
            var dot = version.IndexOf((byte)'.');
            var text = dot < 0 ? version : version[..dot];
            version = dot < 0 ? default : version[(dot + 1)..];
            var part = 0;
            foreach (var digit in text)
            {
                part = (part * 10) + digit - '0';
            }

            if (part != wanted)
            {
                return part < wanted;
            }
        }

        return false;
    }
}
