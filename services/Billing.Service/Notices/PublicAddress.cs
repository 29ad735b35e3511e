using System.Net;
using System.Net.Sockets;

namespace Billing.Service.Notices;

/// <summary>Which addresses lie outside: a webhook must not reach what only this machine or its network can reach.</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Private =
    [
        .. ((string[])["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "2001::/23", "2001:db8::/32", "2002::/16"]).Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (plain.AddressFamily == AddressFamily.InterNetwork || Global.Contains(plain)) && !Private.Any(network => network.Contains(plain));
    }
}
