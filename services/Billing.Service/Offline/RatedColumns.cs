using System.Text;
using Billing.Contracts;
using Billing.Rating.Calls;
using Billing.Rating.Tariffs;

namespace Billing.Service.Offline;

/// <summary>Writes what follows the outcome in a row of <c>rated.csv</c> that was rated or not answered.</summary>
internal sealed class RatedColumns
{
    private static readonly byte[][] Classes = RatedCsv.Utf8<CallClass>(Words.Of);
    private static readonly byte[][] TaxCategories = RatedCsv.Utf8<TaxCategory>(Words.Of);

    private (UsageMonth Month, byte[] Text) _month = (default, []);
    private (TariffVersion? Tariff, byte[] Text) _tariff = (null, []);

    public void Write(CsvBuffer to, in RatedCall call)
    {
        to.Comma();
        to.Field(call.Contract?.Id);
        to.Field(call.Number);
        to.Comma();
        to.Text(Classes[(int)call.Class]);
        to.Field(call.Carrier);
        to.Comma();
        to.Text(call.Destination);
        to.Field(call.StrippedPrefix);
        to.Comma();
        to.Text(call.Outcome == Outcome.Rated ? TaxCategories[(int)call.TaxCategory] : []);
        to.Comma();
        to.Text(TextOf(call.UsageMonth));
        to.Comma();
        to.Number(call.ChargeableMs);
        to.Comma();
        to.Number(call.Units);
        to.Comma();
        to.Amount(call.Charge);
        to.Comma();
        if (call.HasTail)
        {
            to.Number(call.TailMs);
            to.Comma();
            to.Amount(call.TailCharge);
        }
        else
        {
            to.Comma();
        }

        to.Field(call.TailOverLimit ? "tail-over-limit" : null);
        to.Comma();
        to.Quoted(TextOf(call.Tariff));
    }

    /// <summary>Rows beside each other mostly have one month and one tariff version.</summary>
    private byte[] TextOf(UsageMonth month)
    {
        if (_month.Month != month)
        {
            _month = (month, Encoding.UTF8.GetBytes(month.ToString()));
        }

        return _month.Text;
    }

    private byte[] TextOf(TariffVersion? tariff)
    {
        if (_tariff.Tariff != tariff)
        {
            _tariff = (tariff, tariff is null ? [] : Encoding.UTF8.GetBytes(tariff.Version));
        }

        return _tariff.Text;
    }
}
