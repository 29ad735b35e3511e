using System.Text.Json;
using Billing.Contracts;
using Billing.Rating.Reasoning;
using Billing.Service.Explaining;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Explaining;

/// <summary>Explanations of the demo month: every outcome, every reason, every line.</summary>
public sealed class ExplainMonthTests(ExplainedMonth month) : IClassFixture<ExplainedMonth>
{
    private DatabaseFixture Database => month.Database;

    /// <summary>Those of records of cdr v1; what only a profile says is explained in <see cref="Formats.ProfiledFileTests"/>.</summary>
    public static TheoryData<string> Reasons =>
        [.. Enum.GetValues<SuspenseReason>()
            .Except([SuspenseReason.None, SuspenseReason.ConflictingDuplicate, SuspenseReason.DurationMismatch, SuspenseReason.OtherHalfMissing, SuspenseReason.ContractElsewhere]).Select(Words.Of)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task A_suspended_record_is_explained_by_its_reason_and_what_would_mend_it(string reason)
    {
        var name = (await Database.NamesAsync($"suspense where reason = '{reason}' and released_as is null order by delivery, line limit 1")).ShouldHaveSingleItem();

        var call = await Database.ExplainAsync(name);

        call.Faults.ShouldBeEmpty();
        (call.Outcome, call.Result!.Reason).ShouldBe(("suspended", reason));
        var step = call.Steps.Single(step => step.Step == "suspended");
        step.Rule.ShouldBe(SuspenseRules.RuleOf(Words.SuspenseReasonOf(reason)!.Value));
        (step.Ja.StartsWith("保留: ", StringComparison.Ordinal), step.En.StartsWith("Suspended: ", StringComparison.Ordinal)).ShouldBe((true, true));
        step.En.ShouldContain("; ");
        call.Steps[^1].Figures.ShouldBeOfType<ReleaseNowFigures>().Reason.ShouldBe(reason);
        (call.Limit, call.Invoice).ShouldBe((null, null));
    }

    [Fact]
    public void Every_reason_of_suspension_has_words_of_its_own()
    {
        var sentences = Enum.GetValues<SuspenseReason>().Where(reason => reason != SuspenseReason.None).Select(reason => SuspenseSentences.Of(Words.Of(reason))).ToList();

        sentences.Select(sentence => sentence.En).Distinct().Count().ShouldBe(sentences.Count);
        sentences.Select(sentence => sentence.Ja).Distinct().Count().ShouldBe(sentences.Count);
    }

    [Fact]
    public async Task A_record_with_the_same_id_and_other_contents_is_listed_with_what_differs()
    {
        foreach (var name in await Database.NamesAsync("suspense where reason = 'conflicting-duplicate'"))
        {
            var call = await Database.ExplainAsync(name);

            call.Faults.ShouldBeEmpty(name);
            call.Events[0].Event.ShouldBeOneOf("recorded", "suspended");
            var conflict = call.Events.Single(happened => happened.Event == "conflicting");
            conflict.Differs.ShouldNotBeEmpty();
            conflict.Reason.ShouldBe("conflicting-duplicate");
            call.Steps.ShouldNotContain(step => step.Step == "suspended" && ((SuspendedFigures)step.Figures).Reason == "conflicting-duplicate");
        }
    }

    [Fact]
    public async Task A_rejected_row_is_explained_by_its_line_and_reason()
    {
        var rejects = await Database.NamesAsync("rejects where source <> '' and record_id <> '' and not exists (select from billing.rated_calls r where r.record_id = rejects.record_id)");
        rejects.ShouldNotBeEmpty();
        var explained = 0;
        foreach (var name in rejects)
        {
            // what a rejected row gives as its source or id may be none
            if (CallName.TryParse(name, out _))
            {
                explained++;
                var call = await Database.ExplainAsync(name);
                call.Outcome.ShouldBe("rejected");
                call.Steps.Single().Figures.ShouldBeOfType<RejectedFigures>().Reason.ShouldBe(call.Rejected.Single().Reason);
                call.Record.ShouldBeNull();
            }
        }

        explained.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task An_unanswered_call_is_explained_and_is_on_no_line()
    {
        foreach (var name in await Database.NamesAsync("rated_calls where outcome = 'unanswered' order by contract nulls first, record_id limit 5"))
        {
            var call = await Database.ExplainAsync(name);

            call.Faults.ShouldBeEmpty(name);
            call.Outcome.ShouldBe("unanswered");
            call.Steps[^1].Step.ShouldBe("unanswered");
            call.Invoice!.Line.ShouldBeNull();
            call.Limit.ShouldBeNull();
        }
    }

    [Fact]
    public async Task The_charge_explained_is_the_charge_that_stands_and_its_steps_lead_to_it()
    {
        var names = await Database.NamesAsync("rated_calls where outcome = 'rated' and (tail_ms is not null or stripped_prefix is not null or hashtext(record_id) % 12 = 0)");
        names.Count.ShouldBeGreaterThan(150);
        foreach (var name in names)
        {
            var call = await Database.ExplainAsync(name);

            call.Faults.ShouldBeEmpty(name);
            call.Steps.ShouldAllBe(step => step.Ja.Length > 0 && step.En.Length > 0 && step.Rule.Length > 0);
            var runs = call.Steps.Select(step => step.Figures).OfType<IncrementsFigures>().ToList();
            runs.Sum(run => run.Increments).ShouldBe(call.Result!.Units, name);
            call.Steps.Select(step => step.Figures).OfType<ChargeFigures>().Single().Charge.ShouldBe(call.Result.Charge, name);
            call.Limit!.Charge.ShouldBe(call.Result.Charge, name);
            (call.Invoice!.Line is not null).ShouldBe(call.Result.UsageMonth == MonthFiles.Month, name);
        }
    }

    [Fact]
    public async Task Every_line_of_every_invoice_comes_out_at_its_amount()
    {
        var invoices = await Database.IssuedAsync(MonthFiles.Month);
        invoices.Count.ShouldBe(8);
        var sections = new HashSet<string>(StringComparer.Ordinal);
        foreach (var issued in invoices)
        {
            var invoice = issued.Invoice;
            for (var line = 1; line <= invoice.Lines.Count + invoice.Taxes.Count; line++)
            {
                var explained = await Database.ExplainLineAsync(issued, line);
                var (amount, section) = line <= invoice.Lines.Count
                    ? (invoice.Lines[line - 1].Amount, invoice.Lines[line - 1].Section)
                    : (invoice.Taxes[line - invoice.Lines.Count - 1].Tax, "tax");

                explained.Faults.ShouldBeEmpty($"{invoice.Number} line {line}");
                explained.Amount.ShouldBe(amount, $"{invoice.Number} line {line}");
                explained.Steps.ShouldNotBeEmpty();
                sections.Add(section);
                if (section == "usage")
                {
                    (explained.Calls!.Total, explained.Calls.Sum.TruncateToWhole()).ShouldBe((invoice.Lines[line - 1].Quantity, amount));
                }
            }
        }

        sections.ShouldBe(["monthly", "statutory", "usage", "limit", "tax"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_first_call_of_a_line_names_that_line()
    {
        var issued = (await Database.IssuedAsync(MonthFiles.Month)).Single(invoice => invoice.Invoice.Contract == "C-1003");
        foreach (var (line, number) in issued.Invoice.Lines.Select((line, i) => (line, i + 1)).Where(entry => entry.line.Section == "usage"))
        {
            var first = (await Database.ExplainLineAsync(issued, number, new Part(0, 1))).Calls!.Calls.Single();

            var carrying = (await Database.ExplainAsync($"{first.Source}/{first.RecordId}")).Invoice!;

            (carrying.Number, carrying.Line, carrying.Section, carrying.LineAmount).ShouldBe((issued.Invoice.Number, number, "usage", line.Amount));
        }
    }

    [Fact]
    public async Task The_parts_of_a_line_are_all_its_calls_once_in_the_order_of_answers()
    {
        var issued = (await Database.IssuedAsync(MonthFiles.Month)).Single(invoice => invoice.Invoice.Contract == "C-1003");
        var number = issued.Invoice.Lines.Select((line, i) => (line, No: i + 1)).First(entry => entry.line.Code == "mobile").No;
        var read = new List<LineCall>();
        for (long? skip = 0; skip is { } from; skip = (await Database.ExplainLineAsync(issued, number, new Part(from, 7))).Calls!.Next)
        {
            read.AddRange((await Database.ExplainLineAsync(issued, number, new Part(from, 7))).Calls!.Calls);
        }

        var whole = (await Database.ExplainLineAsync(issued, number)).Calls!;
        read.ShouldBe(whole.Calls);
        read.Count.ShouldBe((int)whole.Total);
        read.Select(call => call.AnsweredAt).ShouldBeInOrder();
        read.Aggregate(Yen.Zero, (sum, call) => sum + call.Charge).ShouldBe(whole.Sum);
    }

    [Fact]
    public async Task R14_what_lies_beyond_the_limit_is_the_sum_of_the_calls_shares()
    {
        var issued = (await Database.IssuedAsync(MonthFiles.Month)).Single(invoice => invoice.Invoice.Contract == "C-1003");
        var shares = new Dictionary<string, Yen>(StringComparer.Ordinal) { ["S"] = Yen.Zero, ["G"] = Yen.Zero };
        foreach (var name in await Database.NamesAsync("rated_calls where contract = 'C-1003' and outcome = 'rated' and charge <> 0"))
        {
            var call = await Database.ExplainAsync(name);
            shares[call.Result!.TaxCategory!] += call.Limit!.Beyond;
        }

        foreach (var (line, number) in issued.Invoice.Lines.Select((line, i) => (line, i + 1)).Where(entry => entry.line.Section == "limit"))
        {
            (await Database.ExplainLineAsync(issued, number)).Calls!.Sum.ShouldBe(shares[line.TaxCategory]);
        }
    }

    [Fact]
    public async Task Called_numbers_are_masked_everywhere_unless_they_are_to_be_revealed()
    {
        var name = (await Database.NamesAsync("rated_calls where stripped_prefix is not null and class = 'fixed' order by record_id limit 1")).Single();
        var destination = await Database.ScalarAsync<string>($"select destination from billing.rated_calls where source || '/' || record_id = '{name}'");

        var masked = JsonSerializer.Serialize(await Database.ExplainAsync(name), BillingStore.Json);
        var revealed = JsonSerializer.Serialize(await Database.ExplainAsync(name, reveal: true), BillingStore.Json);

        masked.ShouldNotContain(destination[^7..]);
        masked.ShouldContain(Masked.Number(destination));
        revealed.ShouldContain(destination);
    }

    [Fact]
    public async Task Of_a_forwarded_call_the_caller_is_masked_too()
    {
        var name = (await Database.NamesAsync("rated_calls r join billing.mt_events e using (id) where outcome = 'rated' and e.data -> 'call' ->> 'kind' = 'forward' limit 1")).Single();

        (await Database.ExplainAsync(name)).Record!.CallingNumber.ShouldEndWith("****");
    }

    [Fact]
    public async Task A_changed_charge_is_a_fault()
    {
        var name = (await Database.NamesAsync("rated_calls where outcome = 'rated' and class = 'fixed' and contract = 'C-1002' order by record_id limit 1")).Single();
        await Database.ExecuteAsync($"update billing.rated_calls set charge = charge + 1 where source || '/' || record_id = '{name}'");
        try
        {
            (await Database.ExplainAsync(name)).Faults.Single().ShouldContain("Charge");
            var issued = (await Database.IssuedAsync(MonthFiles.Month)).Single(invoice => invoice.Invoice.Contract == "C-1002");
            var line = issued.Invoice.Lines.Select((line, i) => (line, No: i + 1)).First(entry => entry.line.Code == "fixed").No;
            (await Database.ExplainLineAsync(issued, line)).Faults.ShouldHaveSingleItem();
        }
        finally
        {
            await Database.ExecuteAsync($"update billing.rated_calls set charge = charge - 1 where source || '/' || record_id = '{name}'");
        }
    }
}
